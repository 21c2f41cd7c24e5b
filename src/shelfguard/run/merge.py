"""Joining committed parts, in order and streaming, into the files of a scan."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.durable import replacing
from shelfguard.run.local_parts import read_table

ROW_GROUP = 16_384

REPEATING = (
    "source_uri",
    "pack",
    "models",
    "outcome",
    "stage",
    "mode",
    "degraded.list.element",
    *(f"reasons.list.element.{name}" for name in ("clause", "citation", "outcome", "stage")),
    *(f"reasons.list.element.evidence.list.element.{n}" for n in ("kind", "signal", "lang")),
)
"""Columns of few distinct values, the only ones worth a dictionary."""


def merge_tables(
    parts: Sequence[Path], target: Path, schema: pa.Schema, repeating: Sequence[str] = ()
) -> None:
    """Join one table of every part into one Parquet file."""
    present = list(repeating) or False
    with (
        replacing(target) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd", use_dictionary=present) as writer,
    ):
        for table in _grouped(parts):
            writer.write_table(table)


def merge_bytes(parts: Sequence[Path], target: Path, header: bytes = b"") -> None:
    """Join one file of every part that has it, end to end."""
    with replacing(target) as temporary, temporary.open("wb") as sink:
        sink.write(header)
        for path in filter(Path.exists, parts):
            with path.open("rb") as source:
                shutil.copyfileobj(source, sink, 1 << 20)


def _grouped(parts: Sequence[Path]) -> Iterator[pa.Table]:
    """Tables of a whole row group each, so that memory holds one group at a time."""
    waiting: list[pa.Table] = []
    rows = 0
    for path in parts:
        waiting.append(read_table(path))
        rows += waiting[-1].num_rows
        if rows >= ROW_GROUP:
            yield pa.concat_tables(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pa.concat_tables(waiting)
