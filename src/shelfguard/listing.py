"""What comes in: one listing, and a columnar batch of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.canonical import entries, join, json_texts, text

UNDETERMINED = "und"
"""The BCP 47 tag of a text whose language is not known."""

TEXT = pa.map_(pa.string(), pa.string())
"""Language tag to text, e.g. {"en": "Folding knife", "fr": "Couteau pliant"}."""

LISTING_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        ("seller", pa.struct([("id", pa.string()), ("type", pa.string())])),
        ("market", pa.string()),
        pa.field("title", TEXT, nullable=False),
        ("description", TEXT),
        ("bullets", pa.map_(pa.string(), pa.list_(pa.string()))),
        ("brand", pa.string()),
        ("manufacturer", pa.string()),
        ("category", pa.struct([("path", pa.string()), ("taxonomy", pa.string())])),
        (
            "identifiers",
            pa.list_(
                pa.struct([("type", pa.string()), ("value", pa.string()), ("valid", pa.bool_())])
            ),
        ),
        ("price", pa.float64()),
        ("compare_at", pa.float64()),
        ("currency", pa.string()),
        ("fees", pa.list_(pa.struct([("name", pa.string()), ("amount", pa.float64())]))),
        (
            "images",
            pa.list_(pa.struct([(name, pa.string()) for name in ("uri", "sha256", "role", "alt")])),
        ),
        ("condition", pa.string()),
        ("age_group", pa.string()),
        ("origin_country", pa.string()),
        ("ships_from", pa.string()),
        ("certifications", pa.list_(pa.string())),
        ("licence_ids", TEXT),
        ("attributes", TEXT),
        (
            "source",
            pa.struct(
                [
                    ("format", pa.string()),
                    ("uri", pa.string()),
                    ("row", pa.int64()),
                    ("revision", pa.string()),
                ]
            ),
        ),
    ]
)
"""One row a listing. Only `id` and `title` are required; null means unknown."""

COLUMNS = tuple(LISTING_SCHEMA.names)

HASHED_COLUMNS = tuple(name for name in COLUMNS if name != "source")
"""The columns that make up a listing's content: all but where it was read from."""

TEXT_COLUMNS = (
    "title",
    "description",
    "bullets",
    "brand",
    "manufacturer",
    "category",
    "attributes",
    "images",
)
"""The columns that hold words, in the order in which models read them."""

SEPARATOR = "\x1f"
"""Between the fields of a content; as JSON, no value can hold it and pass for two fields."""

FEW = 64
"""Rows up to which content is written faster row by row: a function over a column has its price."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Record = dict[str, Any]
"""One listing as plain Python values under the names of LISTING_SCHEMA."""


@dataclass(frozen=True, slots=True)
class Segments:
    """Every piece of text of a batch, one entry a piece, field by field.

    `field` is a path such as `title`, `bullets[1]` or `attributes.material`;
    (row, field, lang) names exactly one text, the one that spans point into.
    """

    rows: npt.NDArray[np.int32]
    fields: list[str]
    langs: list[str]
    texts: list[str]


class Batch:
    """Listings as an Arrow table of LISTING_SCHEMA."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> Batch:
        """Build a batch column by column.

        Raises:
            pyarrow.ArrowInvalid, pyarrow.ArrowTypeError: a value does not fit its column.
        """
        rows = list(records)
        return cls.from_columns(
            {f.name: _column([row.get(f.name) for row in rows], f) for f in LISTING_SCHEMA}
        )

    @classmethod
    def from_columns(cls, columns: dict[str, pa.Array]) -> Batch:
        """Build a batch of columns as LISTING_SCHEMA has them, in its order."""
        batch = cls(pa.Table.from_arrays(list(columns.values()), schema=LISTING_SCHEMA))
        batch.columns = columns
        return batch

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def columns(self) -> dict[str, pa.Array]:
        """Each column in one piece, looked up once: a single listing pays for every look-up."""
        return {
            name: column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
            for name, column in zip(self.table.column_names, self.table.itercolumns(), strict=True)
        }

    def slice(self, start: int, length: int) -> Batch:
        if start == 0 and length >= len(self):
            return self
        return Batch(self.table.slice(start, length))

    def take(self, rows: Iterable[int]) -> Batch:
        return Batch(self.table.take(pa.array(list(rows), pa.int64())))

    def records(self) -> list[Record]:
        """All listings as plain values; maps come back as dicts."""
        maps = [f.name for f in LISTING_SCHEMA if pa.types.is_map(f.type)]
        rows: list[Record] = self.table.to_pylist(maps_as_pydicts="strict")
        return [{**row, **{name: row[name] or {} for name in maps}} for row in rows]

    def ids(self) -> list[str]:
        return list(self.table.column("id").to_pylist())

    def content_hashes(self) -> list[str]:
        """SHA-256 of each listing's content, wherever it was read from."""
        hashed = ((name, self.columns[name]) for name in HASHED_COLUMNS)
        filled = {name: column for name, column in hashed if column.null_count < len(column)}
        contents = _row_by_row(filled) if len(self) <= FEW else _by_column(filled)
        return [hashlib.sha256(content).hexdigest() for content in contents]

    def segments(self) -> Segments:
        """The text of every title, description, bullet, brand, category, attribute and picture."""
        found = [_pieces(self.columns[name], name) for name in TEXT_COLUMNS]
        pieces = [_filled(piece) for piece in found if piece is not None]
        return Segments(
            rows=np.concatenate([np.empty(0, np.int32), *(p.rows for p in pieces)]),
            fields=list(chain.from_iterable(p.fields for p in pieces)),
            langs=list(chain.from_iterable(p.langs for p in pieces)),
            texts=list(chain.from_iterable(p.texts for p in pieces)),
        )


def table_to_bytes(table: pa.Table) -> bytes:
    """A table for another process, as Arrow's IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def table_from_bytes(data: bytes) -> pa.Table:
    """What `table_to_bytes` gave."""
    return pa.ipc.open_stream(data).read_all()


def _column(values: list[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_map(field.type):
        values = [None if v is None else list(v.items()) for v in values]
    return pa.array(values, type=field.type)


def _row_by_row(columns: Mapping[str, pa.Array]) -> Iterator[bytes]:
    """Content of each row: `name=value` of every known field, values as JSON, in plain Python."""
    known = [
        [f"{name}={_ENCODE(value)}" if value not in (None, "") else None for value in values]
        for name, values in ((name, array.to_pylist()) for name, array in columns.items())
    ]
    return (SEPARATOR.join(filter(None, fields)).encode() for fields in zip(*known, strict=True))


def _by_column(columns: Mapping[str, pa.Array]) -> list[bytes]:
    """The same, in functions that go over whole columns."""
    parts = [_named(array, name) for name, array in columns.items()]
    texts = pc.binary_join_element_wise(*parts, text(SEPARATOR), null_handling="skip")
    contents: list[bytes] = texts.cast(pa.binary()).to_pylist()
    return contents


def _named(array: pa.Array, name: str) -> pa.Array:
    """`name=value` a row, null where unknown."""
    known = array.is_valid()
    if pa.types.is_string(array.type):
        known = pc.not_equal(array, text(""))
    return join(f"{name}=", pc.if_else(known, json_texts(array), text(None)))


def _pieces(array: pa.Array, name: str) -> Segments | None:
    """The texts of one column; None for a column without any value."""
    if array.null_count == len(array):
        return None
    if name in ("title", "description"):
        rows, langs, texts = _flat(array)
        return Segments(rows, [name] * len(rows), langs.to_pylist(), texts.to_pylist())
    if name == "attributes":
        rows, keys, texts = _flat(array)
        return _plain(rows, join(f"{name}.", keys).to_pylist(), texts)
    if name == "bullets":
        return _bullets(array, name)
    if name == "images":
        rows, images = _flat(array)
        fields = [f"{name}[{n}].alt" for n in _positions(rows)]
        return _plain(rows, fields, images.field("alt"))
    texts = pc.struct_field(array, "path") if name == "category" else array
    return _plain(np.arange(len(array), dtype=np.int32), [name] * len(array), texts)


def _flat(array: pa.Array) -> tuple[Any, ...]:
    """Row numbers and values of a list column, or keys and values of a map, end to end."""
    lengths, parts = entries(array)
    return np.arange(len(array), dtype=np.int32).repeat(lengths), *parts


def _plain(rows: npt.NDArray[np.int32], fields: list[str], texts: pa.Array) -> Segments:
    return Segments(rows, fields, [UNDETERMINED] * len(rows), texts.to_pylist())


def _positions(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Each value's position within its row."""
    return np.arange(len(rows)) - np.searchsorted(rows, rows)


def _bullets(array: pa.Array, name: str) -> Segments:
    rows, langs, lists = _flat(array)
    at, texts = _flat(lists)
    fields = [f"{name}[{n}]" for n in _positions(at)]
    return Segments(rows[at], fields, langs.take(pa.array(at)).to_pylist(), texts.to_pylist())


def _filled(pieces: Segments) -> Segments:
    """The same without empty and missing texts."""
    if all(pieces.texts):
        return pieces
    keep = np.fromiter(map(bool, pieces.texts), bool, len(pieces.texts))
    lists = (pieces.fields, pieces.langs, pieces.texts)
    return Segments(pieces.rows[keep], *(list(compress(values, keep)) for values in lists))
