"""Decisions for people's own tools: JSON Lines and CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from shelfguard.decision import DECISION_SCHEMA

Format = Literal["jsonl", "csv"]

_MOMENT = DECISION_SCHEMA.field("decided_at").type
_EPOCH = datetime(1970, 1, 1)

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_jsonl(table: pa.Table) -> bytes:
    """One JSON object a decision, times in ISO 8601."""
    names = table.column_names
    rows = (
        zip(names, row, strict=True)
        for batch in table.to_batches()
        for row in zip(*map(_plain, batch.columns), strict=True)
    )
    return "".join(f"{_ENCODE(dict(row))}\n" for row in rows).encode()


def to_csv(table: pa.Table) -> bytes:
    """Flat columns as they are, lists as JSON where they hold anything; no header."""
    for place, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            table = table.set_column(place, field.name, _as_json(table[field.name]))
    buffer = BytesIO()
    csv.write_csv(table, buffer, csv.WriteOptions(include_header=False))
    return buffer.getvalue()


def csv_header(schema: pa.Schema) -> bytes:
    """The line above all parts of a CSV file."""
    return (",".join(f'"{name}"' for name in schema.names) + "\n").encode()


EXPORTERS: dict[Format, Callable[[pa.Table], bytes]] = {"jsonl": to_jsonl, "csv": to_csv}


def _plain(column: pa.Array) -> list[Any]:
    if column.type != _MOMENT:
        return list(column.to_pylist())
    moments = column.view(pa.int64()).to_pylist()
    return [None if moment is None else _iso(moment) for moment in moments]


@lru_cache(maxsize=64)
def _iso(moment: int) -> str:
    """A moment that a whole batch shares, given in microseconds since 1970."""
    return f"{(_EPOCH + timedelta(microseconds=moment)).isoformat(timespec='microseconds')}Z"


def _as_json(column: pa.ChunkedArray) -> pa.Array:
    """JSON text of each list, null where it is empty; few rows have any."""
    filled = pc.fill_null(pc.greater(pc.list_value_length(column), 0), False)
    texts: list[str | None] = [None] * len(column)
    for row in pc.indices_nonzero(filled).to_pylist():
        texts[row] = json.dumps(column[row].as_py(), ensure_ascii=False)
    return pa.array(texts, pa.string())
