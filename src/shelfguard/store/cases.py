"""Cases: the decisions that a person has to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from shelfguard.decision import Outcome
from shelfguard.store.saved import Saved
from shelfguard.store.tables import cases


@dataclass(frozen=True, slots=True)
class Case:
    """An open question about one decision; `severity` is that of its outcome."""

    id: int
    decision_seq: int
    clause: str | None
    severity: int
    opened_at: datetime


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


def open_cases(connection: Connection, limit: int) -> list[Case]:
    """The open cases, most severe first, of these the oldest."""
    columns = (cases.c[field.name] for field in fields(Case))
    asked = select(*columns).where(cases.c.state == "open")
    ordered = asked.order_by(cases.c.severity.desc(), cases.c.id).limit(limit)
    return [Case(*row) for row in connection.execute(ordered)]
