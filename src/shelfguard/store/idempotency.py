"""Idempotency keys: a request that is sent again is answered as it was, not decided again.

After the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shelfguard.store.tables import idempotency as table

RUNNING, DONE = "running", "done"

KEPT = timedelta(hours=24)
"""How long an answer is given again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent under a key of its own; `client` is the name of its API key."""

    client: str
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class New:
    """The key was free and is now this request's: answer it, then `finish` or `abandon`."""


@dataclass(frozen=True, slots=True)
class Running:
    """The same request is being answered."""


@dataclass(frozen=True, slots=True)
class Done:
    """The same request was answered with this."""

    response: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another request came under this key."""


State = New | Running | Done | Conflict
"""What is known of a key."""


def begin(connection: Connection, request: Request, lease: timedelta) -> State:
    """Take a key for a request, or tell what became of the one that has it.

    A server that was killed holds a key no longer than `lease`: choose one above the longest time
    that an answer may take.
    """
    while not _take(connection, request, datetime.now(UTC), lease):
        found = connection.execute(select(table).where(_is(request))).first()
        # Between the two statements another server may have given the key up.
        if found is not None:
            return _state(found, request)
    return New()


def finish(connection: Connection, request: Request, response: str, kept: timedelta = KEPT) -> bool:
    """Keep the answer for this long; false where the key is no longer this request's.

    It was given up then, or taken over after its lease had run out: the answer must not count.
    """
    values = {"status": DONE, "response": response, "expires_at": datetime.now(UTC) + kept}
    running = (table.c.request_sha256 == request.sha256) & (table.c.status == RUNNING)
    kept_now = connection.execute(update(table).where(_is(request), running).values(values))
    return kept_now.rowcount > 0


def abandon(connection: Connection, request: Request) -> None:
    """Give a key up that its request could not use, so that it may be tried again."""
    running = (table.c.request_sha256 == request.sha256) & (table.c.status == RUNNING)
    connection.execute(delete(table).where(_is(request), running))


def purge(connection: Connection, now: datetime) -> int:
    """Remove the keys whose time is over, and say how many."""
    return connection.execute(delete(table).where(table.c.expires_at <= now)).rowcount


def _take(connection: Connection, request: Request, now: datetime, lease: timedelta) -> bool:
    """Insert the key, or take it over where its time is over; one of two takers at once wins."""
    values: dict[str, Any] = {
        "client": request.client,
        "key": request.key,
        "request_sha256": request.sha256,
        "status": RUNNING,
        "response": None,
        "created_at": now,
        "expires_at": now + lease,
    }
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    taken = (
        insert(table)
        .values(values)
        .on_conflict_do_update(
            index_elements=["client", "key"], set_=values, where=table.c.expires_at <= now
        )
    )
    return connection.execute(taken.returning(table.c.key)).first() is not None


def _state(row: Row[Any], request: Request) -> Running | Done | Conflict:
    if row.request_sha256 != request.sha256:
        return Conflict()
    return Done(row.response) if row.status == DONE else Running()


def _is(request: Request) -> ColumnElement[bool]:
    return (table.c.client == request.client) & (table.c.key == request.key)
