"""What reading a feed gives: chunks of listings, and the rows that could not become one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from shelfguard.listing import Batch

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
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return str(value[:_EXCERPT])
