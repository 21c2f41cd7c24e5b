"""Listings from one or more sources, with what is known of each before it has a split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from shelfguard.learn.data.dataset import TARGET_SCHEMA, Origin, Split, file_digest
from shelfguard.listing import LISTING_SCHEMA


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one listing: ROW_SCHEMA before grouping and splitting.

    `name` draws the side of the row; `fixed` is the split that its source reserves it for.
    """

    content_hash: str
    name: str
    origin: Origin
    kind: str
    lang: str
    source: str
    near: str | None = None
    seller: str | None = None
    fixed: Split | None = None
    complete: bool = True
    sampling_prob: float = 1.0
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """Listings [LISTING_SCHEMA], an entry for each, and targets [TARGET_SCHEMA] of some."""

    listings: pa.Table
    entries: list[Entry]
    targets: pa.Table
    sources: list[dict[str, Any]]

    def take(self, places: Sequence[int]) -> Collected:
        """Some of the listings, by position, with their own targets only."""
        entries = [self.entries[place] for place in places]
        kept = {entry.content_hash for entry in entries}
        hashes = self.targets.column("content_hash").to_pylist()
        targets = self.targets.filter(pa.array([name in kept for name in hashes], pa.bool_()))
        listings = self.listings.take(pa.array(places, pa.int64()))
        return Collected(listings, entries, targets, self.sources)


NOTHING = Collected(LISTING_SCHEMA.empty_table(), [], TARGET_SCHEMA.empty_table(), [])


def together(parts: Iterable[Collected]) -> tuple[Collected, int]:
    """All listings in the order of their content hashes, and how many came more than once.

    Of listings with the same content the first is kept.
    """
    every = [NOTHING, *parts]
    entries = [entry for part in every for entry in part.entries]
    first: dict[str, int] = {}
    for place, entry in enumerate(entries):
        first.setdefault(entry.content_hash, place)
    whole = Collected(
        pa.concat_tables(part.listings for part in every),
        entries,
        pa.concat_tables(part.targets for part in every),
        sorted((s for part in every for s in part.sources), key=_place_of_source),
    )
    return whole.take([first[name] for name in sorted(first)]), len(entries) - len(first)


def languages(listings: pa.Table) -> list[str]:
    """The language of each listing's title."""
    return [title[0][0] if title else "und" for title in listings.column("title").to_pylist()]


def texts(listings: pa.Table) -> list[str]:
    """Title and description of each listing, in every language that it has."""
    columns = (listings.column(name).to_pylist() for name in ("title", "description"))
    return [
        "\n".join(text for part in row for _, text in part or ())
        for row in zip(*columns, strict=True)
    ]


def source(file: Path, name: str, role: str, rows: int, **more: Any) -> dict[str, Any]:
    """How the manifest names a source: by its digest, never by where it lay."""
    return {"name": name, "role": role, "sha256": file_digest(file), "rows": rows, **more}


def _place_of_source(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["role"], entry["name"], entry["sha256"]
