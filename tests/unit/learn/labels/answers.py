"""Labels to test with, a few words each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from shelfguard.learn.labels.label import LABEL_SCHEMA

CLAUSE, OTHER = "CA-WPN-001", "CA-HLT-002"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def listing(number: int) -> str:
    """The content hash of a listing that nobody needs to see."""
    return f"{number:064x}"


def label(number: int, annotator: str, answer: str, **more: Any) -> dict[str, Any]:
    """What a person said of listing `number` under CLAUSE, at noon."""
    return {
        "listing_hash": listing(number),
        "clause": CLAUSE,
        "answer": answer,
        "source": "rule" if annotator.startswith("rule:") else "review",
        "annotator": annotator,
        "sampling_prob": 1.0,
        "as_of": NOON,
        **more,
    }


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=LABEL_SCHEMA)


def later(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)
