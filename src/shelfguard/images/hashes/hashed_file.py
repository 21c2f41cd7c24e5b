"""Hashes of picture files as a table on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.durable import replacing
from shelfguard.errors import DataError
from shelfguard.images.hashes.picture_hash import HASH_BYTES, PictureHash

SCHEMA = pa.schema(
    [
        pa.field("picture", pa.string(), nullable=False),
        pa.field("sha256", pa.string()),
        pa.field("hash", pa.binary(HASH_BYTES)),
        pa.field("quality", pa.uint8()),
        pa.field("problem", pa.string()),
    ]
)

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A file's path, its SHA-256 and its picture's hash; or why there are none."""

    picture: str
    sha256: str | None = None
    hash: PictureHash | None = None
    problem: str | None = None


def write_hashes(path: Path, files: Iterable[HashedFile]) -> None:
    """Write a Parquet table in place of `path`; memory does not grow with the number of files."""
    stream = iter(files)
    with replacing(path) as temporary, pq.ParquetWriter(temporary, SCHEMA) as writer:
        while rows := [_row(file) for file in islice(stream, ROWS_AT_ONCE)]:
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def read_hashes(path: Path) -> Iterator[HashedFile]:
    """What `write_hashes` wrote.

    Raises:
        DataError: the file is no such table.
    """
    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(SCHEMA):
                raise DataError("is no table of hashes", file=path, fix="Write it: images index")
            for batch in file.iter_batches(ROWS_AT_ONCE):
                yield from map(_hashed_file, batch.to_pylist())
    except (OSError, pa.ArrowInvalid) as error:
        problem = f"cannot be read: {' '.join(str(error).split())}"
        raise DataError(problem, file=path) from error


def _row(file: HashedFile) -> dict[str, Any]:
    known = {"hash": file.hash.bits, "quality": file.hash.quality} if file.hash else {}
    return {"picture": file.picture, "sha256": file.sha256, "problem": file.problem, **known}


def _hashed_file(row: dict[str, Any]) -> HashedFile:
    found = None if row["hash"] is None else PictureHash(row["hash"], row["quality"])
    return HashedFile(row["picture"], row["sha256"], found, row["problem"])
