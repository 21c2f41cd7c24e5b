"""Decisions: written in one transaction with what follows from them, and read in order."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection, Engine, func, insert, select, text

from shelfguard.store.cases import open_for
from shelfguard.store.database import reading, writing
from shelfguard.store.deliveries import Delivery, enqueue
from shelfguard.store.saved import Saved
from shelfguard.store.tables import decisions

WRITERS = 0x5368656C6601
"""The advisory lock of PostgreSQL that every writer of decisions shares."""

WAIT_SECONDS = 2
"""How long a reader waits for writers, while newer writers wait for it."""

_COLUMNS = tuple(column.name for column in decisions.columns if column.name != "seq")
_VALUES = attrgetter(*_COLUMNS)
_INSERT = insert(decisions)
_NEXT_NUMBERS = text(
    "SELECT nextval(pg_get_serial_sequence('decisions', 'seq')) FROM generate_series(1, :count)"
)
_LAST_NUMBER = text("SELECT seq FROM sqlite_sequence WHERE name = 'decisions'")


def add(
    connection: Connection, rows: Sequence[Saved], deliveries: Sequence[Delivery] = ()
) -> list[int]:
    """Write decisions, open the cases that they ask for, and queue events about them.

    Returns the rows' numbers, which rise in the order given. All of it is kept once the
    transaction of `connection`, from `writing()`, has ended.
    """
    enqueue(connection, deliveries)
    if not rows:
        return []
    numbers = _draw(connection, len(rows))
    named = zip(numbers, map(_VALUES, rows), strict=True)
    connection.execute(
        _INSERT, [dict(zip(_COLUMNS, values, strict=True), seq=seq) for seq, values in named]
    )
    open_for(connection, zip(numbers, rows, strict=True))
    return numbers


def get(connection: Connection, decision_id: str) -> Saved | None:
    """The decision of this id; the latest, where the same listing was decided alike again."""
    asked = select(decisions).where(decisions.c.decision_id == decision_id)
    row = connection.execute(asked.order_by(decisions.c.seq.desc()).limit(1)).first()
    return None if row is None else Saved.read(row)


def after(engine: Engine, seq: int, limit: int) -> list[Saved]:
    """The next decisions after number `seq`, at most `limit`, in order; none is ever skipped.

    A row's number is drawn before its transaction ends, so in PostgreSQL a row may appear below
    one that was already read. Every writer therefore shares an advisory lock from before it draws
    numbers until it has ended. This takes the lock alone for the moment in which it looks up the
    highest number: nobody then holds a number whose row is not there, and no row will appear
    at or below the one looked up. SQLite has one writer at a time and needs no lock.

    Raises:
        StoreError: the database cannot be reached, or a writer does not end: ask again later.
    """
    bound = _settled(engine)
    asked = select(decisions).where(decisions.c.seq > seq, decisions.c.seq <= bound)
    with reading(engine) as connection:
        found = connection.execute(asked.order_by(decisions.c.seq).limit(limit))
        return [Saved.read(row) for row in found]


def _draw(connection: Connection, count: int) -> list[int]:
    """The next numbers; drawn first, for a batch that has to return them costs more."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(WRITERS)))
        return list(connection.execute(_NEXT_NUMBERS, {"count": count}).scalars())
    # The transaction writes, and so it is the only one that does.
    last_number = connection.execute(_LAST_NUMBER).scalar() or 0
    return list(range(last_number + 1, last_number + count + 1))


def _settled(engine: Engine) -> int:
    """The highest number up to which no row is still to appear; 0 where there is none."""
    highest = select(func.max(decisions.c.seq))
    if engine.dialect.name != "postgresql":
        with reading(engine) as connection:
            return connection.execute(highest).scalar() or 0
    with writing(engine) as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
        connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))
        return connection.execute(highest).scalar() or 0
