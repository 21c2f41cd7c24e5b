"""What the tests of readers share: reading a whole feed, and the sample files."""

from collections import Counter
from pathlib import Path
from typing import Any

from shelfguard.feeds import Quarantined, read_feed
from shelfguard.listing import Record

DATA = Path(__file__).parent / "data"


def read(path: Path, **options: Any) -> tuple[list[Record], list[Quarantined], Counter[str]]:
    """All listings, quarantined rows and warnings; checks that counts add up on the way."""
    records: list[Record] = []
    quarantined: list[Quarantined] = []
    warnings: Counter[str] = Counter()
    for chunk in read_feed(path, **options):
        assert chunk.rows == len(chunk.batch) + len(chunk.quarantined)
        chunk.batch.table.validate(full=True)
        records += chunk.batch.records()
        quarantined += chunk.quarantined
        warnings += chunk.warnings
    return records, quarantined, warnings


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
