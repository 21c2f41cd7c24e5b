"""Cases: the decisions that a person has to see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from shelfguard.decision import Outcome
from shelfguard.store.saved import Saved
from shelfguard.store.tables import cases

_PASSES = Outcome.WARN.severity
"""Whatever is more severe than this waits for a person."""


def open_for(connection: Connection, rows: Iterable[tuple[int, Saved]]) -> None:
    """Open a case for each numbered decision that does not let its listing pass."""
    now = datetime.now(UTC)
    values = [
        {
            "decision_seq": seq,
            "clause": row.clause,
            "severity": severity,
            "state": "open",
            "opened_at": now,
        }
        for seq, row in rows
        if (severity := Outcome(row.outcome).severity) > _PASSES
    ]
    if values:
        connection.execute(insert(cases), values)
