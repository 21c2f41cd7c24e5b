"""Entries of a bank: hashes with where they are from, in files that never change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.durable import replacing
from shelfguard.errors import DataError
from shelfguard.images.hashes.hamming import Words, as_words
from shelfguard.images.hashes.picture_hash import HASH_BYTES, PictureHash

SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("hash", pa.binary(HASH_BYTES), nullable=False),
        pa.field("quality", pa.uint8()),
        pa.field("supplier_id", pa.string()),
        pa.field("tags", pa.list_(pa.string()), nullable=False),
        pa.field("source", pa.string()),
        pa.field("added_at", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("added_by", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A hash to add. `supplier_id` is the supplier's own number, `source` a file, address or name
    that it came from."""

    hash: PictureHash
    supplier_id: str | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A hash in a bank; ids count from 1 in the order of adding and are never used again."""

    id: int
    new: NewEntry
    added_at: datetime
    added_by: str

    def as_dict(self) -> dict[str, Any]:
        """Its values for JSON."""
        return {**_row(self), "hash": self.new.hash.hex(), "added_at": self.added_at.isoformat()}


def write_entries(path: Path, entries: Sequence[Entry]) -> None:
    """Write a file of entries."""
    rows = [_row(entry) for entry in entries]
    with replacing(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), temporary, compression="zstd")


def read_entries(path: Path, ids: Sequence[int] | None = None) -> Iterator[Entry]:
    """The entries of a file, or those with these ids.

    Raises:
        DataError: the file cannot be read.
    """
    filters = None if ids is None else [("id", "in", list(ids))]
    for batch in _read(path, filters=filters).to_batches(max_chunksize=10_000):
        yield from map(_entry, batch.to_pylist())


def read_hashes(files: Iterable[tuple[Path, int]], start: int = 0) -> pa.ChunkedArray:
    """The hashes of files, given with their numbers of entries, from row `start` of all.

    Raises:
        DataError: a file cannot be read.
    """
    chunks: list[pa.Array] = []
    for file, count in files:
        if start < count:
            column = _read(file, columns=["hash"]).column("hash")
            chunks += column.slice(max(start, 0)).chunks
        start -= count
    return pa.chunked_array(chunks, SCHEMA.field("hash").type)


def words_of(hashes: pa.ChunkedArray) -> Words:
    """Hashes as words, [rows, 4]."""
    if not len(hashes):
        return as_words([])
    flat = hashes.combine_chunks()
    words = np.frombuffer(flat.buffers()[1], "<u8").reshape(-1, HASH_BYTES // 8)
    return words[flat.offset : flat.offset + len(flat)]


def _read(path: Path, **options: Any) -> pa.Table:
    try:
        return pq.read_table(path, **options)
    except (OSError, pa.ArrowInvalid) as error:
        problem = f"cannot be read: {' '.join(str(error).split())}"
        raise DataError(problem, file=path, fix="Restore it from a backup") from error


def _row(entry: Entry) -> dict[str, Any]:
    new = entry.new
    return {
        "id": entry.id,
        "hash": new.hash.bits,
        "quality": new.hash.quality,
        "supplier_id": new.supplier_id,
        "tags": list(new.tags),
        "source": new.source,
        "added_at": entry.added_at,
        "added_by": entry.added_by,
    }


def _entry(row: dict[str, Any]) -> Entry:
    new = NewEntry(
        PictureHash(row["hash"], row["quality"]),
        row["supplier_id"],
        tuple(row["tags"]),
        row["source"],
    )
    return Entry(row["id"], new, row["added_at"], row["added_by"])
