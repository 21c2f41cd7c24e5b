"""One row of a feed, read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from shelfguard.feeds import Feed
from shelfguard.listing import Batch

ReadRow = Callable[[int], Batch]
"""Reads the listing at one row of a feed; an empty batch where there is none."""


def row_reader(run: Mapping[str, Any], moved_to: Path | None = None) -> ReadRow:
    """A reader of the feed that a scan has read, from its `run.json`."""
    options = run["options"]

    def read(row: int) -> Batch:
        feed = Feed(
            moved_to or run["feed"]["uri"],
            format=run["feed"]["format"],
            mapping=Path(options["mapping"]) if options["mapping"] else None,
            market=options["market"],
            name=Path(run["feed"]["uri"]).name,
        )
        batch = Batch.from_records([])
        for chunk in feed.chunks(options["chunk_rows"]):
            numbers = pc.struct_field(chunk.batch.table.column("source"), "row")
            batch = Batch(chunk.batch.table.filter(pc.equal(numbers, row)))
            last = pc.max(numbers).as_py()
            if len(batch) or (last is not None and last > row):
                break
        return batch

    return read
