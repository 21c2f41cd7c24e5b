"""A connection to the store: SQLite by default, PostgreSQL by its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from shelfguard.errors import StoreError
from shelfguard.store import DEFAULT
from shelfguard.store.postgresql import postgresql

LOCK_SECONDS = 30
"""How long SQLite waits for another writer; on a busy machine with a slow disk, seconds pass."""

_WRITES = "shelfguard_writes"

_SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


def connect(url: str = DEFAULT) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`.

    What SQLite has committed survives a kill and a power cut: every commit is synced to the disk
    (https://www.sqlite.org/pragma.html#pragma_synchronous). Nothing is opened before it is used.

    Raises:
        StoreError: the address is not one of these, or its driver is not installed.
    """
    address = _parsed(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    if address.get_backend_name() in ("postgresql", "postgres"):
        return postgresql(address)
    fix = "Use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
    raise StoreError(f"no store is kept in '{address.drivername}'", file=shown(address), fix=fix)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading, which waits for no writer.

    Raises:
        StoreError: the database cannot be reached, or stops being so.
    """
    with _told(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction: all that is written in it is on the disk when this ends, or none of it.

    Raises:
        StoreError: the database cannot be reached, or stops being so.
    """
    with _told(engine), engine.connect() as connection:
        # A reader in SQLite that turns to writing fails if another wrote since, without waiting.
        connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def shown(url: URL) -> str:
    """The address as it may be printed: without its password, nor options, which may hold one."""
    return url.set(query={}).render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        # The text itself may hold a password.
        fix = f"Write it as {DEFAULT} or postgresql://USER:PASSWORD@HOST/DATABASE"
        raise StoreError("the store's address cannot be read", fix=fix) from error


def _sqlite(address: URL) -> Engine:
    file = address.database
    if not file or ":memory:" in file or address.query.get("mode") == "memory":
        raise StoreError("a store in memory forgets every decision", fix=f"Name a file: {DEFAULT}")
    folder = Path(file.removeprefix("file:")).parent
    if not folder.is_dir():
        raise StoreError("this folder does not exist", file=folder, fix="Create it")
    engine = create_engine(address.set(drivername="sqlite"), hide_parameters=True)
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin transactions late, and never for a change of the schema.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        fix = "Put it on a local disk: SQLite's log needs shared memory"
        raise StoreError(f"SQLite cannot keep a write-ahead log here, but '{mode}'", fix=fix)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Tell what is wrong with the database, but not with a row, without statement or password."""
    try:
        yield
    except (exc.IntegrityError, exc.DataError):
        raise
    except exc.DBAPIError as error:
        problem = str(error.orig).strip().partition("\n")[0].rstrip(".")
        raise _unreachable(engine, problem) from error
    except exc.TimeoutError as error:
        raise _unreachable(engine, "all its connections are in use") from error


def _unreachable(engine: Engine, problem: str) -> StoreError:
    fix = "Check that the database runs, that this address is right and that its disk has room"
    return StoreError(problem, file=shown(engine.url), fix=fix)
