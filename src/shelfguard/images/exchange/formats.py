"""Reading and writing files of hashes in any known format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from shelfguard.durable import replacing
from shelfguard.errors import DataError
from shelfguard.images.banks.entries import Entry
from shelfguard.images.exchange import documents, lines
from shelfguard.images.exchange.item import Item
from shelfguard.images.exchange.names import Format

READERS: dict[Format, Callable[[Path], Iterator[Item]]] = {
    Format.LINES: lines.read_lines,
    Format.REFERENCE: lines.read_reference,
    Format.THREATEXCHANGE: lines.read_threatexchange,
    Format.HMA: documents.read_hma,
    Format.THREAT_UPDATES: documents.read_threat_updates,
    Format.STOPNCII: documents.read_stopncii,
}

WRITERS: dict[Format, Callable[[IO[str], Iterable[Entry], str], None]] = {
    Format.LINES: lines.write_lines,
    Format.REFERENCE: lines.write_reference,
    Format.THREATEXCHANGE: lines.write_threatexchange,
    Format.HMA: documents.write_hma,
}


def read(file: Path, form: Format | None = None) -> Iterator[Item]:
    """What a file holds, in order: entries, what is set aside, and what is wrong.

    Raises:
        DataError: the file as a whole cannot be read.
    """
    try:
        yield from READERS[form or recognise(file)](file)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8", file=file, fix="Save it as UTF-8") from error


def write(file: Path, form: Format, entries: Iterable[Entry], bank: str) -> None:
    """Write entries of a bank in place of whatever `file` held.

    Raises:
        DataError: the format can only be read.
    """
    if form not in WRITERS:
        fix = f"Use one of {', '.join(WRITERS)}"
        raise DataError(f"{form} can only be read", file=file, fix=fix)
    with replacing(file) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        WRITERS[form](stream, entries, bank)


def recognise(file: Path) -> Format:
    """The format that the beginning of a file is in.

    Raises:
        UnicodeDecodeError: it is no text.
    """
    with file.open(encoding="utf-8-sig") as stream:
        line = next((text for text in stream if text.strip()), "").strip()
        if line[:1] in ("{", "["):
            start = line + stream.read(4096)
            if '"hashRecords"' in start:
                return Format.STOPNCII
            return Format.THREAT_UPDATES if '"indicator"' in start else Format.HMA
    if line.startswith("signal_type,"):
        return Format.THREATEXCHANGE
    return Format.REFERENCE if "," in line else Format.LINES
