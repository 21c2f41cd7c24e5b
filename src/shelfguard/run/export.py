"""Decisions for people's own tools: JSON Lines and CSV."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

Format = Literal["jsonl", "csv"]


def to_jsonl(table: pa.Table) -> bytes:
    """One JSON object a decision, times in ISO 8601."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    columns = [_plain(table.column(name)) for name in table.column_names]
    rows = zip(*columns, strict=True)
    return "".join(
        encode(dict(zip(table.column_names, row, strict=True))) + "\n" for row in rows
    ).encode()


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


def _plain(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        local = pc.replace_substring(column.cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
        column = pc.binary_join_element_wise(local, "Z", "")
    values: list[Any] = column.to_pylist()
    return values


def _as_json(column: pa.ChunkedArray) -> pa.Array:
    """JSON text of each list, null where it is empty; few rows have any."""
    filled = pc.fill_null(pc.greater(pc.list_value_length(column), 0), False)
    texts: list[str | None] = [None] * len(column)
    for row in pc.indices_nonzero(filled).to_pylist():
        texts[row] = json.dumps(column[row].as_py(), ensure_ascii=False)
    return pa.array(texts, pa.string())
