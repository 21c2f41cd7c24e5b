"""What comes in: one listing, and a columnar batch of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

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

HASHED_COLUMNS = tuple(name for name in LISTING_SCHEMA.names if name != "source")
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
        columns = [_column([row.get(f.name) for row in rows], f) for f in LISTING_SCHEMA]
        return cls(pa.table(columns, schema=LISTING_SCHEMA))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def slice(self, start: int, length: int) -> Batch:
        return Batch(self.table.slice(start, length))

    def take(self, rows: Iterable[int]) -> Batch:
        return Batch(self.table.take(list(rows)))

    def records(self) -> list[Record]:
        """All listings as plain values; maps come back as dicts."""
        maps = [f.name for f in LISTING_SCHEMA if pa.types.is_map(f.type)]
        rows: list[Record] = self.table.to_pylist(maps_as_pydicts="strict")
        return [{**row, **{name: row[name] or {} for name in maps}} for row in rows]

    def ids(self) -> list[str]:
        return list(self.table.column("id").to_pylist())

    def content_hashes(self) -> list[str]:
        """SHA-256 of each listing's content, wherever it was read from."""
        parts = [_canonical(self.table.column(name), name) for name in HASHED_COLUMNS]
        filled = [column for column in parts if column is not None]
        return [
            hashlib.sha256("\x1f".join(filter(None, row)).encode()).hexdigest()
            for row in zip(*filled, strict=True)
        ]

    def segments(self) -> Segments:
        """The text of every title, description, bullet, brand, category, attribute and picture."""
        pieces = [
            piece for name in TEXT_COLUMNS for piece in _pieces(self.table.column(name), name)
        ]
        return Segments(
            rows=np.fromiter((p[0] for p in pieces), np.int32, len(pieces)),
            fields=[p[1] for p in pieces],
            langs=[p[2] for p in pieces],
            texts=[p[3] for p in pieces],
        )


def _column(values: list[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_map(field.type):
        values = [None if v is None else list(v.items()) for v in values]
    return pa.array(values, type=field.type)


def _canonical(column: pa.ChunkedArray, name: str) -> list[str | None] | None:
    """`name=value` a row, None where unknown; None for a column without any value."""
    if column.null_count == len(column):
        return None
    values = column.to_pylist()
    if pa.types.is_string(column.type):
        return [v and f"{name}={v}" for v in values]
    return [None if v is None else f"{name}={_plain(v)}" for v in values]


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Piece = tuple[int, str, str, str]


def _pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    """(row, field, lang, text) of one column, empty texts left out."""
    if column.null_count == len(column):
        return
    reader = {
        "category": _category_pieces,
        "bullets": _bullet_pieces,
        "images": _image_pieces,
        "attributes": _attribute_pieces,
        "title": _language_pieces,
        "description": _language_pieces,
    }.get(name, _string_pieces)
    yield from (piece for piece in reader(column, name) if piece[3])


def _string_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    return ((i, name, UNDETERMINED, v) for i, v in enumerate(column.to_pylist()) if v)


def _language_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    return ((i, name, k, v) for i, row in enumerate(column.to_pylist()) for k, v in row or ())


def _attribute_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    for i, row in enumerate(column.to_pylist()):
        for key, value in row or ():
            yield i, f"{name}.{key}", UNDETERMINED, value


def _category_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    for i, row in enumerate(column.to_pylist()):
        yield i, name, UNDETERMINED, (row or {}).get("path")


def _bullet_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    for i, row in enumerate(column.to_pylist()):
        for lang, bullets in row or ():
            for n, text in enumerate(bullets):
                yield i, f"{name}[{n}]", lang, text


def _image_pieces(column: pa.ChunkedArray, name: str) -> Iterator[Piece]:
    for i, row in enumerate(column.to_pylist()):
        for n, image in enumerate(row or ()):
            yield i, f"{name}[{n}].alt", UNDETERMINED, image["alt"]
