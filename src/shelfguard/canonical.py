"""Arrow columns as JSON text a row, so that content can be hashed at column speed."""

from __future__ import annotations

import json
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


def entries(array: pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """Lengths of a list or map array's rows, and the values or {key, value} of all rows."""
    offsets = array.offsets.to_numpy()
    start, length = int(offsets[0]), int(offsets[-1] - offsets[0])
    if not pa.types.is_map(array.type):
        return np.diff(offsets), array.values.slice(start, length)
    pairs = [array.keys.slice(start, length), array.items.slice(start, length)]
    return np.diff(offsets), pa.StructArray.from_arrays(pairs, names=["key", "value"])


def _strings(array: pa.Array) -> pa.Array:
    """Quoted text; only what needs escapes goes through Python."""
    quoted = pc.binary_join_element_wise('"', array, '"', "")
    special = pc.match_substring_regex(array, _ESCAPED).fill_null(False)
    if special.true_count:
        quoted = pc.replace_with_mask(quoted, special, _dumped(array.filter(special)))
    return quoted.fill_null("null")


def _dumped(array: pa.Array) -> pa.Array:
    """Through the JSON encoder in one call: no encoded value holds a raw line feed."""
    text = json.dumps(array.to_pylist(), ensure_ascii=False, separators=("\n", ":"))
    return pa.array(text[1:-1].split("\n") if len(array) else [], pa.string())


def _objects(array: pa.Array) -> pa.Array:
    parts: list[Any] = []
    for field, child in zip(array.type, array.flatten(), strict=True):
        parts += [("," if parts else "{") + json.dumps(field.name) + ":", json_texts(child)]
    return pc.if_else(array.is_valid(), pc.binary_join_element_wise(*parts, "}", ""), "null")


def _lists(array: pa.Array) -> pa.Array:
    lengths, values = entries(array)
    if pa.types.is_map(array.type):
        key, value = map(json_texts, values.flatten())
        texts = pc.binary_join_element_wise("[", key, ",", value, "]", "")
    else:
        texts = json_texts(values)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), texts), ",")
    return pc.if_else(array.is_valid(), pc.binary_join_element_wise("[", joined, "]", ""), "null")
