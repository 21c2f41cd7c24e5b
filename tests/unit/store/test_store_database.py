"""Connecting: what an address may be, and what is said where it does not work."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from shelfguard.errors import StoreError
from shelfguard.store import database, decisions
from shelfguard.store.database import connect, reading, writing
from shelfguard.store.postgresql import LIMITS, OPTIONS
from shelfguard.store.schema import UPGRADES, check, upgrade
from tests.servers.postgres import PASSWORD, Postgres
from tests.unit.store.rows import row
from tests.unit.store.until import LIMIT_SECONDS, until

WRITER = """
import sys
from shelfguard.store import decisions
from shelfguard.store.database import connect, writing
from tests.unit.store.rows import row

engine = connect(sys.argv[1])
for number in range(100_000):
    with writing(engine) as connection:
        decisions.add(connection, [row(number, outcome="block")])
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_kill_9(url: str, engine: Engine) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(20):
        writer.stdout.readline()
    writer.kill()
    acknowledged = 20 + len(writer.communicate()[0].splitlines())
    kept = [each.decision_id for each in decisions.after(engine, 0, 100_000)]
    assert kept[:acknowledged] == [f"decision-{n}" for n in range(acknowledged)]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar() == len(kept)


def test_sqlite_syncs_every_commit_to_a_write_ahead_log(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    with reading(engine) as connection:
        settings = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 1]


def test_a_writer_waits_for_the_one_before_it(engine: Engine) -> None:
    """Also one that has read first, which SQLite alone would refuse."""

    def write(number: int) -> None:
        with writing(engine) as connection:
            decisions.get(connection, "decision-0")
            decisions.add(connection, [row(number)])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(decisions.after(engine, 0, 10)) == 8


def test_a_lock_that_is_held_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SQLITE_PRAGMAS", ("PRAGMA busy_timeout=10",))
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    held = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    with reading(engine):
        held.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"store\.db: database is locked"), writing(engine):
        pass
    held.close()
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_has_several_names(postgres: Postgres, scheme: str) -> None:
    engine = connect(postgres.new_database().replace("postgresql", scheme))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    "address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?x"]
)
def test_a_store_in_memory_is_refused(address: str) -> None:
    with pytest.raises(StoreError, match="forgets"):
        connect(address)


def test_an_unknown_kind_of_store_is_told_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"no store is kept in 'mysql'.*sqlite:///FILE") as told:
        connect("mysql://shop:secret@host/db?password=secret")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "postgresql//user:secret@host", "://", "postgresql://u:secret@host:port/db"],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    with pytest.raises(StoreError, match="cannot be read") as told:
        connect(address)
    assert "secret" not in str(told.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere: this folder does not exist"):
        connect(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("no database, but long enough to be looked at as one" * 99)
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(StoreError, match="file is not a database"), reading(engine):
        pass
    engine.dispose()


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        engine = connect(f"postgresql://shop:hunter2@127.0.0.1:{port}/db")
        with pytest.raises(StoreError, match=r"(?i)connection.*refused") as told, reading(engine):
            pass
    assert "hunter2" not in str(told.value)
    assert "shop:***@" in str(told.value)


def test_a_wrong_password_is_told_without_it(postgres: Postgres) -> None:
    right = PASSWORD.replace(" ", "%20")
    engine = connect(postgres.url("postgres").replace(right, "hunter2"))
    with pytest.raises(StoreError, match="authentication failed") as told, writing(engine):
        pass
    assert "hunter2" not in str(told.value)


def test_a_connection_that_the_server_closed_is_replaced(postgres: Postgres) -> None:
    engine, other = (connect(postgres.new_database()) for _ in range(2))
    mine = text("SELECT pg_backend_pid()")
    with reading(engine) as connection:
        pid = connection.execute(mine).scalar()
    with reading(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        gone = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
        until(lambda: connection.execute(gone, {"pid": pid}).scalar())
    with reading(engine) as connection:
        assert connection.execute(mine).scalar() != pid
    engine.dispose()
    other.dispose()


def test_a_writer_that_stops_in_the_middle_loses_its_locks(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "idle_in_transaction_session_timeout", "1s")
    frozen = connect(postgres.new_database())
    upgrade(frozen)
    monkeypatch.undo()
    other = connect(frozen.url.render_as_string(hide_password=False))
    locks = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    with suppress(StoreError), writing(frozen) as connection, reading(other) as observer:
        decisions.add(connection, [row(1)])
        assert observer.execute(locks).scalar() == 1
        until(lambda: not observer.execute(locks).scalar())
    assert decisions.after(other, 0, 10) == []
    frozen.dispose()
    other.dispose()


def option(connection: Connection, number: int) -> int:
    """An option of TCP on the socket of a connection."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with socket.socket(fileno=os.dup(driver.fileno())) as wire:
        return wire.getsockopt(socket.IPPROTO_TCP, number)


def test_a_host_that_vanishes_is_noticed_in_half_a_minute(postgres: Postgres) -> None:
    engine = connect(postgres.new_database())
    with reading(engine) as connection:
        idle, interval, probes, unacknowledged = (
            option(connection, number)
            for number in (
                socket.TCP_KEEPIDLE,
                socket.TCP_KEEPINTVL,
                socket.TCP_KEEPCNT,
                socket.TCP_USER_TIMEOUT,
            )
        )
    engine.dispose()
    assert 0 < idle + interval * probes <= 30
    assert 0 < unacknowledged <= 30_000


def test_an_address_may_say_otherwise_of_every_option(postgres: Postgres) -> None:
    named = {"application_name": "shop"}
    named |= {name: "7" for name in OPTIONS if name not in named}
    asked = "&".join(f"{name}={value}" for name, value in named.items())
    engine = connect(f"{postgres.new_database()}?{asked}")
    with reading(engine) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert named.items() <= driver.info.get_parameters().items()
        assert option(connection, socket.TCP_USER_TIMEOUT) == 7
    engine.dispose()


def test_a_statement_that_hangs_is_given_up(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "statement_timeout", "100ms")
    engine = connect(postgres.new_database())
    with pytest.raises(StoreError, match="statement timeout"), reading(engine) as connection:
        connection.execute(text(f"SELECT pg_sleep({LIMIT_SECONDS})"))
    engine.dispose()


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_an_operator_has_set_holds(postgres: Postgres, name: str) -> None:
    address = postgres.new_database()
    by_address = connect(f"{address}?options=-c%20{name}%3D0")
    with reading(by_address) as connection:
        assert connection.execute(text(f"SHOW {name}")).scalar() == "0"
    with writing(by_address) as connection:
        connection.execute(text(f"ALTER DATABASE {by_address.url.database} SET {name} = '7s'"))
    by_address.dispose()
    engine = connect(address)
    with reading(engine) as connection:
        assert connection.execute(text(f"SHOW {name}")).scalar() == "7s"
    engine.dispose()


def test_an_upgrade_takes_as_long_as_it_must(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here for the one before it, and so for longer than any other statement may."""
    waits = "NOT granted AND clock_timestamp() - waitstart > '2s'"
    asked = text(f"SELECT count(*) FROM pg_locks WHERE {waits}")
    address = postgres.new_database()
    other, engine = connect(address), connect(address)
    upgrades = threading.Thread(target=upgrade, args=(engine,))
    with writing(other) as connection:
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADES)))
        monkeypatch.setitem(LIMITS, "statement_timeout", "1s")
        upgrades.start()
        until(lambda: connection.execute(asked).scalar())
    upgrades.join()
    check(other)
    other.dispose()
    engine.dispose()


def test_no_error_repeats_what_was_to_be_stored(engine: Engine) -> None:
    """But for the detail that PostgreSQL itself adds to it."""
    with pytest.raises(IntegrityError) as told, writing(engine) as connection:
        decisions.add(connection, [row(client="hunter2", pack=None)])
    assert "hunter2" not in str(told.value).partition("DETAIL")[0]


def test_psycopg_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'shelfguard\[postgres\]'"):
        connect("postgresql://host/db")
