"""Arrow columns as JSON text a row, so that content can be hashed at column speed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_ESCAPED = r'["\\\x00-\x1f]'


def json_texts(array: pa.Array) -> pa.Array:
    """What `json.dumps` without spaces writes for each value; null is `null`.

    A map is written as a list of [key, value] lists, as `Array.to_pylist` gives it.
    """
    kind = array.type
    if pa.types.is_string(kind):
        return _strings(array)
    if pa.types.is_struct(kind):
        return _objects(array)
    if pa.types.is_map(kind) or pa.types.is_list(kind):
        return _lists(array)
    return _dumped(array)


def entries(array: pa.Array) -> tuple[npt.NDArray[np.int32], list[pa.Array]]:
    """Lengths of a list or map array's rows, and the values, or keys and values, of all rows."""
    offsets = array.offsets.to_numpy()
    start, length = int(offsets[0]), int(offsets[-1] - offsets[0])
    parts = [array.keys, array.items] if pa.types.is_map(array.type) else [array.values]
    return offsets[1:] - offsets[:-1], [part.slice(start, length) for part in parts]


@cache
def text(value: str | None) -> pa.Scalar:
    """A text constant for compute functions, which else infer its type anew on every call."""
    return pa.scalar(value, pa.string())


def join(*parts: Any) -> pa.Array:
    """Texts and constants of each row, end to end; null where one of them is."""
    whole = [text(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*whole, text(""))


def _strings(array: pa.Array) -> pa.Array:
    """Quoted text; only what needs escapes goes through Python."""
    quoted = join('"', array, '"')
    special = pc.match_substring_regex(array, _ESCAPED)
    if pc.any(special).as_py():
        special = special.fill_null(False)
        quoted = pc.replace_with_mask(quoted, special, _dumped(array.filter(special)))
    return quoted.fill_null(text("null")) if quoted.null_count else quoted


def _dumped(array: pa.Array) -> pa.Array:
    """Through the JSON encoder in one call: no encoded value holds a raw line feed."""
    dumped = json.dumps(array.to_pylist(), ensure_ascii=False, separators=("\n", ":"))
    return pa.array(dumped[1:-1].split("\n") if len(array) else [], pa.string())


def _objects(array: pa.Array) -> pa.Array:
    parts: list[Any] = []
    for field, child in zip(array.type, array.flatten(), strict=True):
        parts += [("," if parts else "{") + json.dumps(field.name) + ":", json_texts(child)]
    return _or_null(array, join(*parts, "}"))


def _lists(array: pa.Array) -> pa.Array:
    lengths, parts = entries(array)
    texts = [json_texts(part) for part in parts]
    whole = join("[", texts[0], ",", texts[1], "]") if len(texts) > 1 else texts[0]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), whole), text(","))
    return _or_null(array, join("[", joined, "]"))


def _or_null(array: pa.Array, texts: pa.Array) -> pa.Array:
    return pc.if_else(array.is_valid(), texts, text("null")) if array.null_count else texts
