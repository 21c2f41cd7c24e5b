"""Where a challenger in shadow would have decided otherwise than the champion did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from shelfguard.store.tables import shadow_differences as table


@dataclass(frozen=True, slots=True)
class Difference:
    """One listing that two engines decide differently.

    `decision_id` is the champion's; `challenger` names the other's pack and models; `body` is
    JSON with the reasons of both.
    """

    decision_id: str
    listing_id: str
    challenger: str
    champion_outcome: str
    challenger_outcome: str
    body: str
    seen_at: datetime


def add(connection: Connection, rows: Sequence[Difference]) -> None:
    """Write differences down."""
    if rows:
        connection.execute(insert(table), [asdict(row) for row in rows])


def recent(connection: Connection, challenger: str, limit: int) -> list[Difference]:
    """The latest differences of a challenger, newest first."""
    columns = (table.c[field.name] for field in fields(Difference))
    asked = select(*columns).where(table.c.challenger == challenger)
    ordered = asked.order_by(table.c.seq.desc()).limit(limit)
    return [Difference(*row) for row in connection.execute(ordered)]


def changes(connection: Connection, challenger: str) -> dict[tuple[str, str], int]:
    """How often a challenger turned one outcome into another: (champion's, its own) to count."""
    pair = (table.c.champion_outcome, table.c.challenger_outcome)
    asked = select(*pair, func.count()).where(table.c.challenger == challenger).group_by(*pair)
    return {(before, after): number for before, after, number in connection.execute(asked)}
