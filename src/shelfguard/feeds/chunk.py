"""What reading a feed gives: chunks of listings, and the rows that could not become one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from shelfguard.listing import Batch

UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What code raises on a value of a shape that it did not foresee; Arrow's errors are of these."""

_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One row that could not be read, where it is, and why."""

    file: str
    line: int | None
    row: int | None
    field: str | None
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of rows of one feed: `rows == len(batch) + len(quarantined)`."""

    batch: Batch
    quarantined: list[Quarantined]
    warnings: Counter[str]
    rows: int


def excerpt(value: Any) -> str:
    """The first characters of a row, as text to show."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return (value if isinstance(value, str) else _written(value))[:_EXCERPT]


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except UNFIT:  # nested too deep to be written again, or with keys that are no text
        return ""
