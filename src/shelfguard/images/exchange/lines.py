"""Exchange files of one record a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import Entry, NewEntry
from shelfguard.images.exchange.item import UNVERIFIED, Item, Place, SetAside, hash_or_error
from shelfguard.images.hashes.picture_hash import MAX_QUALITY

PDQ = "pdq"
"""The name of the signal type in Meta's tools."""

POSITIVE = "POSITIVE_CLASS"
REJECTED = {"NEGATIVE_CLASS": "marked as harmless", "DISPUTED": "disputed"}

QUALITY = re.compile(r"[0-9]{1,3}")

COLUMNS = ("signal_type", "signal_str", "collab", "category", "tags")


def read_lines(file: Path) -> Iterator[Item]:
    """`HASH` or `pdq HASH` a line; other signal types are set aside."""
    for place, text in _lines(file):
        kind, _, signal = text.strip().rpartition(" ")
        if kind not in ("", PDQ):
            yield SetAside(f"signal type {kind}")
            continue
        try:
            yield NewEntry(hash_or_error(place, "hash", signal))
        except DataError as error:
            yield error


def write_lines(stream: IO[str], entries: Iterable[Entry], bank: str) -> None:
    """`pdq HASH` a line."""
    stream.writelines(f"{PDQ} {entry.new.hash.hex()}\n" for entry in entries)


def read_reference(file: Path) -> Iterator[Item]:
    """`HASH,QUALITY,FILENAME`, `HASH,FILENAME` or `hash=HASH,quality=QUALITY,filename=FILENAME`.

    The detailed form may hold other pairs; a file name may hold commas.
    """
    for place, text in _lines(file):
        try:
            yield _detailed(place, text) if text.startswith("hash=") else _plain(place, text)
        except DataError as error:
            yield error


def write_reference(stream: IO[str], entries: Iterable[Entry], bank: str) -> None:
    """`HASH,QUALITY,FILENAME`, or without a quality, `hash=HASH,filename=FILENAME`."""
    for entry in entries:
        found, name = entry.new.hash, _one_line(entry.new.source or "")
        if found.quality is None:
            stream.write(f"hash={found.hex()},filename={name}\n")
        else:
            stream.write(f"{found.hex()},{found.quality},{name}\n")


def read_threatexchange(file: Path) -> Iterator[Item]:
    """CSV with the columns signal_type, signal_str, collab, category and tags.

    Other signal types, and what the exchange holds harmless or disputes, are set aside.

    Raises:
        DataError: a needed column is missing.
    """
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        for column in COLUMNS[:2]:
            if column not in (rows.fieldnames or ()):
                raise DataError("no such column", file=file, line=1, field=column)
        for row in _rows(rows, file):
            yield _row(Place(file, rows.line_num), {name: row.get(name) or "" for name in COLUMNS})


def write_threatexchange(stream: IO[str], entries: Iterable[Entry], bank: str) -> None:
    """The same columns; `collab` is the entry's source, or the bank's name."""
    sheet = csv.writer(stream)
    sheet.writerow(COLUMNS)
    for entry in entries:
        new = entry.new
        category = UNVERIFIED if UNVERIFIED in new.tags else POSITIVE
        tags = ("_".join(tag.split()) for tag in new.tags if tag != UNVERIFIED)
        collab = _one_line(new.source or bank)
        sheet.writerow((PDQ, new.hash.hex(), collab, category, " ".join(tags)))


def _rows(rows: csv.DictReader[str], file: Path) -> Iterator[dict[str, Any]]:
    try:
        yield from rows
    except csv.Error as error:
        raise DataError(f"not CSV: {error}", file=file, line=rows.line_num) from error


def _lines(file: Path) -> Iterator[tuple[Place, str]]:
    with file.open(encoding="utf-8-sig", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            if text := line.rstrip("\r\n"):
                yield Place(file, number), text


def _plain(place: Place, text: str) -> NewEntry:
    signal, _, rest = text.partition(",")
    quality, comma, name = rest.partition(",")
    if not comma or not QUALITY.fullmatch(quality):
        return NewEntry(hash_or_error(place, "hash", signal), source=rest or None)
    return NewEntry(hash_or_error(place, "hash", signal, int(quality)), source=name or None)


def _detailed(place: Place, text: str) -> NewEntry:
    pairs, _, name = text.partition(",filename=")
    fields = dict(pair.split("=", 1) for pair in pairs.split(",") if "=" in pair)
    quality = fields.get("quality")
    if quality is not None and not QUALITY.fullmatch(quality):
        raise place.error("quality", f"'{quality[:80]}' is no whole number up to {MAX_QUALITY}")
    found = hash_or_error(place, "hash", fields["hash"], None if quality is None else int(quality))
    return NewEntry(found, source=name or None)


def _row(place: Place, row: dict[str, str]) -> Item:
    if row["signal_type"] != PDQ:
        return SetAside(f"signal type {row['signal_type']}")
    if row["category"] in REJECTED:
        return SetAside(REJECTED[row["category"]])
    if row["category"] not in ("", POSITIVE, UNVERIFIED):
        return place.error("category", f"'{row['category'][:80]}' is none of ThreatExchange's")
    tags = (*row["tags"].split(), *([UNVERIFIED] if row["category"] == UNVERIFIED else []))
    try:
        found = hash_or_error(place, "signal_str", row["signal_str"])
    except DataError as error:
        return error
    return NewEntry(found, tags=tags, source=row["collab"] or None)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
