"""Lists of plain values as Arrow arrays of LISTING_SCHEMA's columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.feeds.columns import Columns, Pairs
from shelfguard.feeds.json_values import missing, plain
from shelfguard.feeds.values import category_path, identifier_valid
from shelfguard.listing import FEW, LISTING_SCHEMA, TEXT, UNDETERMINED

_Values = Sequence[Any]
_Counts = Sequence[int] | npt.NDArray[np.int64]


def strings(values: _Values) -> pa.Array:
    """Text or null; empty text is unknown, other values are written out."""
    texts = [None if v is None or v == "" else v if type(v) is str else _name(v) for v in values]
    return pa.array(texts, pa.string())


def _name(value: Any) -> str | None:
    """The text of a value that should be one: `{"name": "Koss"}` is `Koss`."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("value") or value
    return plain(value) or None


def struct(column: str, **children: pa.Array) -> pa.Array:
    """A struct column of the schema from its children, in its order; null where all of them are."""
    fields, arrays = list(LISTING_SCHEMA.field(column).type), list(children.values())
    empty = None
    if all(child.null_count for child in arrays):
        empty = reduce(pc.and_, (child.is_null() for child in arrays))
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=empty)


def paths(values: _Values) -> pa.Array:
    """Category paths; a list of levels is one path."""
    joined = (" > ".join(map(plain, v)) if isinstance(v, list) else v for v in values)
    texts = [v if v is None or type(v) is str else _name(v) for v in joined]
    return pa.array([category_path(v) or None if v else None for v in texts], pa.string())


def text_map(columns: Columns, name: str, values: _Values, langs: Sequence[str]) -> pa.Array:
    """Texts under their language, joined with columns that name one."""
    named = {lang: texts for (field, lang), texts in columns.texts.items() if field == name}
    if named or any(type(v) is not str for v in values if v is not None):
        rows = [dict(v) if isinstance(v, dict) else {"": v} for v in values]
        for lang, texts in named.items():
            for row, text in zip(rows, texts, strict=True):
                row[lang] = text
        found = [_by_language(row, lang) for row, lang in zip(rows, langs, strict=True)]
        return pa.array([list(row.items()) or None for row in found], TEXT)
    filled = list(map(bool, values))
    if all(filled):
        return _map(filled, langs, values)
    tags = [lang for lang, v in zip(langs, values, strict=True) if v]
    return _map(filled, tags, list(filter(None, values)))


def _by_language(given: dict[Any, Any], lang: str) -> dict[str, str]:
    """A text without a tag is in `lang`, or undetermined where another text has that tag."""
    texts = {str(tag): plain(text) for tag, text in given.items() if not missing(text)}
    text = texts.pop("", "")
    if not text or texts.get(lang) == text:
        return texts
    return {UNDETERMINED if lang in texts else lang: text} | texts


def _offsets(counts: _Counts) -> tuple[pa.Array, pa.Array]:
    """Offsets and the mask of rows without any entry."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.array(offsets), pa.array(np.equal(counts, 0))


def _map(counts: _Counts, keys: _Values, items: _Values) -> pa.Array:
    """Texts by key, so many a row; null for a row without any."""
    if len(counts) <= FEW:
        entries = zip(keys, items, strict=True)
        return pa.array([list(islice(entries, n)) or None for n in counts], TEXT)
    offsets, empty = _offsets(counts)
    ends = (pa.array(keys, pa.string()), pa.array(items, pa.string()))
    return pa.MapArray.from_arrays(offsets, *ends, type=TEXT, mask=empty)


def pairs(columns: Columns) -> dict[str, pa.Array]:
    """Attributes, licence numbers and identifiers, where there are any."""
    return {name: _PAIRS[name](found) for name, found in columns.pairs.items() if found.names}


def _pair_map(found: Pairs) -> pa.Array:
    try:
        return _map(found.counts, found.names, found.values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return _map(found.counts, found.names, list(map(plain, found.values)))


def _identifiers(found: Pairs) -> pa.Array:
    values = [plain(v).strip() for v in found.values]
    valid = list(map(identifier_valid, found.names, values))
    offsets, empty = _offsets(found.counts)
    kind = LISTING_SCHEMA.field("identifiers").type
    items = pa.StructArray.from_arrays(
        [
            pa.array(found.names, pa.string()),
            pa.array(values, pa.string()),
            pa.array(valid, pa.bool_()),
        ],
        fields=list(kind.value_type),
    )
    return pa.ListArray.from_arrays(offsets, items, type=kind, mask=empty)


def _licences(found: Pairs) -> pa.Array:
    """The first number of each licence type."""
    ends = np.cumsum(found.counts)
    pairs = list(zip(found.names, map(plain, found.values), strict=True))
    rows = [dict(reversed(pairs[end - n : end])) for n, end in zip(found.counts, ends, strict=True)]
    return pa.array([list(row.items()) or None for row in rows], TEXT)


_PAIRS = {"attributes": _pair_map, "licence_ids": _licences, "identifiers": _identifiers}
