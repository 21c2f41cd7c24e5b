"""Real catalogs as rows of a dataset: presumed innocent, or of unknown innocence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.feeds import Feed
from shelfguard.learn.data.auxiliary import is_auxiliary, read_auxiliary
from shelfguard.learn.data.collected import Collected, Entry, languages, source
from shelfguard.learn.data.dataset import TARGET_SCHEMA, Origin
from shelfguard.listing import LISTING_SCHEMA, Batch

Progress = Callable[[str, int, int], None]
"""(what is being done, how much is done, how much there is)"""

CATALOG, UNLABELLED = "catalog", "unlabelled"

LICENCE = re.compile(r"\blicen[cs]e\s*:\s*(.+?)\s*(?:\s\s\w+:.*)?$", re.IGNORECASE | re.MULTILINE)
"""`licence: Apache-2.0`, up to the next named value on the same line."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many rows of each feed to keep: the first `limit`, or `sample` drawn by `seed`."""

    limit: int | None = None
    sample: int | None = None
    seed: int = 0

    def pick(self, hashes: Collection[str]) -> set[str]:
        """The rows to keep of a feed, by content hash, in the feed's order.

        Drawn rows are those with the lowest seeded hashes (bottom-k sampling; Cohen and Kaplan,
        "Summarizing data using bottom-k sketches", 2007): a draw that no order can change.
        """
        kept = list(dict.fromkeys(hashes))[: self.limit]
        return set(kept if self.sample is None else sorted(kept, key=self._draw)[: self.sample])

    def as_dict(self, picked: int, total: int) -> dict[str, Any]:
        """How the manifest tells of a draw; nothing where every row was kept."""
        if picked == total:
            return {}
        how = "the first rows" if self.sample is None else f"drawn at random, seed {self.seed}"
        return {"sampled": {"rows": picked, "of": total, "how": how}}

    def _draw(self, name: str) -> bytes:
        return hashlib.sha256(f"{self.seed}\n{name}".encode()).digest()


NONE = Sampling(limit=0)


def read_catalog(
    file: Path,
    kind: str,
    sampling: Sampling,
    reviewed: Collection[str],
    progress: Progress,
) -> Collected:
    """The listings of one feed. Those in `reviewed`, by content hash, are kept in any case.

    Texts that are no listings are kept only where they were reviewed or are given as unlabelled:
    nothing is presumed of them.

    Raises:
        FeedError: the feed as a whole cannot be read.
    """
    listings, quarantined = _read(file, progress)
    if is_auxiliary(file):
        sampling = sampling if kind == UNLABELLED else NONE
        kind = UNLABELLED
    hashes = Batch(listings).content_hashes()
    others = dict.fromkeys(name for name in hashes if name not in reviewed)
    picked = sampling.pick(others)
    probability = len(picked) / max(1, len(others))
    entries = [
        replace(entry, sampling_prob=1.0 if entry.content_hash in reviewed else probability)
        for entry in _entries(file.name, kind, listings, hashes)
    ]
    about = source(
        file,
        file.name,
        kind,
        len(hashes),
        quarantined=quarantined,
        licence=licence_beside(file),
        **sampling.as_dict(len(picked), len(others)),
    )
    whole = Collected(listings, entries, TARGET_SCHEMA.empty_table(), [about])
    return whole.take([n for n, name in enumerate(hashes) if name in picked or name in reviewed])


def _read(file: Path, progress: Progress) -> tuple[pa.Table, int]:
    if is_auxiliary(file):
        return read_auxiliary(file).table, 0
    feed, quarantined, tables = Feed(file), 0, [LISTING_SCHEMA.empty_table()]
    for chunk in feed.chunks():
        quarantined += len(chunk.quarantined)
        tables.append(_at_home_anywhere(chunk.batch.table, file.name))
        progress(f"Reading {file.name}", feed.bytes_read, feed.total_bytes)
    return pa.concat_tables(tables).combine_chunks(), quarantined


def _at_home_anywhere(listings: pa.Table, name: str) -> pa.Table:
    """With the feed's name in place of its path, so that a dataset is the same everywhere."""
    place = listings.schema.get_field_index("source")
    field = listings.schema.field(place)
    old = listings.column(place).combine_chunks()
    parts = {part.name: pc.struct_field(old, part.name) for part in field.type}
    parts["uri"] = pa.array([name] * len(old), pa.string())
    new = pa.StructArray.from_arrays(list(parts.values()), fields=list(field.type))
    return listings.set_column(place, field, new)


def _entries(name: str, kind: str, listings: pa.Table, hashes: list[str]) -> list[Entry]:
    sellers = pc.struct_field(listings.column("seller"), "id").to_pylist()
    columns = hashes, listings.column("id").to_pylist(), languages(listings), sellers
    return [
        Entry(
            content_hash,
            name=f"{name}:{listing}",
            origin=Origin.REAL,
            kind=kind,
            lang=lang,
            source=name,
            seller=seller,
            complete=kind == CATALOG,
        )
        for content_hash, listing, lang, seller in zip(*columns, strict=True)
    ]


def licence_beside(file: Path) -> str | None:
    """What the README beside a source says of its licence, in at most 300 characters."""
    for readme in sorted(file.parent.glob("README*")):
        if found := LICENCE.search(readme.read_text("utf-8", "replace")):
            return found[1][:300]
    return None
