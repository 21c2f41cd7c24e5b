"""The outbox of webhooks: events wait here, through restarts, until they are delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from sqlalchemy import Connection, delete, func, insert, select, update

from shelfguard.store.tables import deliveries


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event, as JSON, for one endpoint; `id` is the same at every attempt.

    `attempts` counts those begun, with the one that the row was claimed for.
    """

    id: str
    endpoint: str
    event: str
    attempts: int
    created_at: datetime

    @classmethod
    def new(cls, id_: str, endpoint: str, event: str) -> Delivery:
        """One that was not attempted yet."""
        return cls(id_, endpoint, event, 0, datetime.now(UTC))


_FIELDS = tuple(field.name for field in fields(Delivery))
_VALUES = attrgetter(*_FIELDS)


def enqueue(connection: Connection, rows: Sequence[Delivery]) -> None:
    """Have these sent as soon as a sender looks."""
    values = [
        {**dict(zip(_FIELDS, _VALUES(row), strict=True)), "next_attempt_at": row.created_at}
        for row in rows
    ]
    if values:
        connection.execute(insert(deliveries), values)


def queued(connection: Connection) -> set[str]:
    """The ids of all that wait, for whatever endpoint."""
    return set(connection.execute(select(deliveries.c.id)).scalars())


def due(
    connection: Connection, endpoint: str, now: datetime, limit: int, lease: timedelta
) -> list[Delivery]:
    """Claim up to `limit` deliveries to an endpoint whose time has come, longest due first.

    No other sender is given them until `lease` has passed: by then the claimer has removed or
    rescheduled them, or it was killed and they come back. At least once, not exactly once. One
    endpoint at a time, so that what waits for one that is down holds up no other.
    """
    ready = (deliveries.c.endpoint == endpoint) & (deliveries.c.next_attempt_at <= now)
    ordered = select(deliveries.c.id).where(ready).order_by(deliveries.c.next_attempt_at)
    # As a table of its own: a subquery with a limit may run twice in PostgreSQL, for other rows.
    chosen = ordered.limit(limit).with_for_update(skip_locked=True).cte("chosen")
    claimed = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(chosen.c.id)))
        .values(next_attempt_at=now + lease, attempts=deliveries.c.attempts + 1)
        .returning(*(deliveries.c[name] for name in _FIELDS))
    )
    found = [Delivery(*row) for row in connection.execute(claimed)]
    return sorted(found, key=attrgetter("created_at"))


def reschedule(connection: Connection, id_: str, at: datetime) -> None:
    """Have a delivery attempted again at this time."""
    connection.execute(update(deliveries).where(deliveries.c.id == id_).values(next_attempt_at=at))


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Forget what was delivered, or has gone to the dead-letter file."""
    connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))


def waiting(connection: Connection) -> dict[str, int]:
    """How many deliveries wait for each endpoint, one that is no longer configured included."""
    asked = select(deliveries.c.endpoint, func.count().label("number"))
    grouped = asked.group_by(deliveries.c.endpoint)
    return {row.endpoint: row.number for row in connection.execute(grouped)}
