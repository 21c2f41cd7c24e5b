"""Decisions to store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shelfguard.store.saved import Saved

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def row(number: int = 1, **fields: Any) -> Saved:
    """A decision that allows its listing."""
    known: dict[str, Any] = {
        "decision_id": f"decision-{number}",
        "listing_id": f"sku-{number}",
        "content_hash": "c" * 64,
        "pack": "tiny@1+abc",
        "models": "m" * 64,
        "outcome": "allow",
        "clause": None,
        "mode": "enforce",
        "stage": "student",
        "degraded": False,
        "decided_at": NOON,
        "body": f'{{"id":"decision-{number}"}}',
    }
    return Saved(**{**known, **fields})
