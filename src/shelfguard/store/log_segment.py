"""One segment of the decision log: a Parquet file that holds the digest of the one before."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
from pyarrow import parquet
from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.objects import Place
from shelfguard.store.saved import Saved

SCHEMA = pa.schema(
    [
        ("seq", pa.int64()),
        ("decision_id", pa.string()),
        ("listing_id", pa.string()),
        ("content_hash", pa.string()),
        ("pack", pa.string()),
        ("models", pa.string()),
        ("outcome", pa.string()),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("client", pa.string()),
        ("request_id", pa.string()),
        ("body", pa.string()),
    ]
)
"""`seq`: the store's number of a decision, which rises, with gaps; `body`: its JSON as answered."""

_KEY = b"shelfguard.log"


class Header(BaseModel):
    """What a segment says of itself; `previous` is the SHA-256 of the file before it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain: str
    index: int
    previous: str
    first: int
    last: int
    rows: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as read; `sha256` is of the whole file."""

    header: Header
    table: pa.Table
    sha256: str


class NotASegmentError(Exception):
    """Bytes that are no segment, or whose header does not say what its rows do."""


def segment_at(log: Place, index: int) -> Place:
    """Where a segment lies; the first has index 1."""
    return log / f"{index:012d}.parquet"


def encode(rows: Sequence[Saved], chain: str, index: int, previous: str) -> bytes:
    """A segment of these rows, which are in the order of `seq` and not empty."""
    columns = [pa.array([getattr(row, f.name) for row in rows], f.type) for f in SCHEMA]
    seqs = columns[0]
    header = Header(
        chain=chain,
        index=index,
        previous=previous,
        first=seqs[0].as_py(),
        last=seqs[-1].as_py(),
        rows=len(rows),
    )
    schema = SCHEMA.with_metadata({_KEY: header.model_dump_json().encode()})
    sink = io.BytesIO()
    parquet.write_table(
        pa.Table.from_arrays(columns, schema=schema),
        sink,
        compression="zstd",
        write_page_checksum=True,
    )
    return sink.getvalue()


def decode(data: bytes) -> Segment:
    """Read a segment.

    Raises:
        NotASegmentError: saying why.
    """
    try:
        # No file of Python's and no threads: either of them aborts one process in ten when it
        # ends (apache/arrow#33975 and #34314).
        file = parquet.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        table = file.read(use_threads=False)
        header = Header.model_validate_json((table.schema.metadata or {}).get(_KEY, b""))
    except (pa.ArrowException, OSError, ValidationError, ValueError) as error:
        raise NotASegmentError("cannot be read: its bytes were changed") from error
    if not table.schema.equals(SCHEMA):
        raise NotASegmentError("has other columns than a segment")
    _check(header, table.column("seq").to_pylist())
    return Segment(header, table.replace_schema_metadata(), sha256(data))


def sha256(data: bytes) -> str:
    """The digest by which the next segment names this one."""
    return hashlib.sha256(data).hexdigest()


def _check(header: Header, seqs: Sequence[int]) -> None:
    if not seqs or (header.first, header.last, header.rows) != (seqs[0], seqs[-1], len(seqs)):
        raise NotASegmentError("does not hold the rows that it names")
    if any(later <= earlier for earlier, later in pairwise(seqs)):
        raise NotASegmentError("has rows out of order")
