"""Hashes of pictures, from files or from the listings of a feed, as a table on disk."""

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
        pa.field("listing", pa.string()),
        pa.field("seller", pa.string()),
        pa.field("place", pa.int32()),
        pa.field("picture", pa.string(), nullable=False),
        pa.field("sha256", pa.string()),
        pa.field("hash", pa.binary(HASH_BYTES)),
        pa.field("quality", pa.uint8()),
        pa.field("problem", pa.string()),
    ]
)

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """Where a picture stands: on which listing, whose that is, and as which picture, from 0."""

    listing: str
    seller: str | None
    place: int

    def as_dict(self) -> dict[str, Any]:
        return {"listing": self.listing, "seller": self.seller, "place": self.place}


@dataclass(frozen=True, slots=True)
class HashedPicture:
    """A picture's path or address, its file's SHA-256 and its hash, or why there are none; `at`
    tells its listing, where it was read from a feed."""

    picture: str
    sha256: str | None = None
    hash: PictureHash | None = None
    problem: str | None = None
    at: ListingPlace | None = None


def write_hashes(path: Path, pictures: Iterable[HashedPicture]) -> None:
    """Write a Parquet table in place of `path`; memory does not grow with their number."""
    stream = iter(pictures)
    with replacing(path) as temporary, pq.ParquetWriter(temporary, SCHEMA) as writer:
        while rows := [_row(picture) for picture in islice(stream, ROWS_AT_ONCE)]:
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def is_table(path: Path) -> bool:
    """Whether a file is what `write_hashes` writes."""
    try:
        return bool(pq.read_schema(path).equals(SCHEMA))
    except (OSError, pa.ArrowInvalid):
        return False


def read_hashes(path: Path) -> Iterator[HashedPicture]:
    """What `write_hashes` wrote.

    Raises:
        DataError: the file is no such table.
    """
    try:
        with pq.ParquetFile(path) as file:
            if not file.schema_arrow.equals(SCHEMA):
                raise DataError("is no table of hashes", file=path, fix="Write it: images index")
            for batch in file.iter_batches(ROWS_AT_ONCE):
                yield from map(_hashed_picture, batch.to_pylist())
    except (OSError, pa.ArrowInvalid) as error:
        problem = f"cannot be read: {' '.join(str(error).split())}"
        raise DataError(problem, file=path) from error


def _row(hashed: HashedPicture) -> dict[str, Any]:
    place = hashed.at.as_dict() if hashed.at else {}
    known = {"hash": hashed.hash.bits, "quality": hashed.hash.quality} if hashed.hash else {}
    said = {"picture": hashed.picture, "sha256": hashed.sha256, "problem": hashed.problem}
    return {**place, **said, **known}


def _hashed_picture(row: dict[str, Any]) -> HashedPicture:
    found = None if row["hash"] is None else PictureHash(row["hash"], row["quality"])
    listing = row["listing"]
    at = None if listing is None else ListingPlace(listing, row["seller"], row["place"])
    return HashedPicture(row["picture"], row["sha256"], found, row["problem"], at)
