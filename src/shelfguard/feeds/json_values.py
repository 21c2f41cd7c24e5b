"""JSON values as people write them: parsed without fail, and as the plain text of attributes."""

from __future__ import annotations

import json
import re
from typing import Any

from shelfguard.feeds.columns import Pair

HALF = re.compile(r"\\u[dD][89a-fA-F]")
_EXACT = 1 << 53
"""Whole numbers beyond it are not exact as floats, so they stay as written."""


def parse_json(text: str) -> Any:
    """A JSON value; a number with more digits than Python reads is text.

    Raises:
        ValueError: it is not JSON, or nested too deep.
    """
    try:
        value = _loads(text)
        return mend(value) if HALF.search(text) else value
    except RecursionError:
        raise ValueError("nested too deep") from None


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=str)


def mend(value: Any) -> Any:
    """The value with a question mark for every half of a surrogate pair, which is no text."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def missing(value: Any) -> bool:
    """Whether a value says nothing; NaN is what pandas writes into a gap."""
    if value:
        return bool(value != value)
    return value is None or value in ("", [], {})


def plain(value: Any) -> str:
    """A value as the text of an attribute; a whole float is how pandas writes an integer."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return ", ".join(plain(part) for part in value if not missing(part))
    if value is None or isinstance(value, bool | int | float | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def attribute_pairs(value: Any) -> list[Pair]:
    """The pairs of an object or of `[{"name": ..., "value": ...}]`, given as such or as JSON text.

    What is neither stays whole, under `attributes`.
    """
    found = _parsed(value) if isinstance(value, str) else value
    if isinstance(found, list) and all(isinstance(p, dict) and "name" in p for p in found):
        found = _by_name(found)
    if not isinstance(found, dict):
        return [] if missing(value) else [("attributes", plain(value))]
    return [(str(k), plain(v)) for k, v in found.items() if not missing(v)]


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return text


def _by_name(properties: list[dict[str, Any]]) -> dict[str, Any]:
    """Name to value; to the values of a name that comes more than once."""
    found: dict[str, list[Any]] = {}
    for one in properties:
        found.setdefault(str(one["name"]), []).append(one.get("value"))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
