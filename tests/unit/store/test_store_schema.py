"""The tables: what the migrations make is what the code expects, and nothing else passes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from typer.testing import CliRunner

from shelfguard.cli.main import app
from shelfguard.errors import StoreError
from shelfguard.store import schema
from shelfguard.store.database import connect, reading, writing
from shelfguard.store.tables import metadata
from tests.servers.postgres import PASSWORD

UPGRADER = """
import sys
from shelfguard.store import database, schema

print("ready", flush=True)
sys.stdin.readline()
engine = database.connect(sys.argv[1])
print(schema.upgrade(engine))
engine.dispose()
"""


def test_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_sqlite_never_numbers_two_rows_alike(tmp_path: Path) -> None:
    """Which is no matter of columns and types, so that the comparison above cannot see it."""
    migrated, made = (connect(f"sqlite:///{tmp_path / name}.db") for name in ("migrated", "made"))
    schema.upgrade(migrated)
    metadata.create_all(made)
    counted = text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY 1")
    found = []
    for store in (migrated, made):
        with reading(store) as connection:
            found.append(list(connection.execute(counted).scalars()))
        store.dispose()
    assert found == [["cases", "decisions", "shadow_differences"]] * 2


def test_an_upgrade_is_done_once(engine: Engine) -> None:
    assert schema.current(engine) == schema.newest()
    assert schema.upgrade(engine) == schema.newest()
    schema.check(engine)


def test_a_store_without_tables_is_told_how_to_get_them(url: str) -> None:
    engine = connect(url)
    assert schema.current(engine) is None
    with pytest.raises(StoreError, match=r"version none.*shelfguard db upgrade --store") as told:
        schema.check(engine)
    assert PASSWORD not in str(told.value)
    engine.dispose()


def test_the_command_that_is_told_works_as_it_stands(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of PostgreSQL is not told, but where to put it is."""
    engine = connect(url)
    with pytest.raises(StoreError) as told:
        schema.check(engine)
    engine.dispose()
    before, _, command = str(told.value.fix).partition("shelfguard ")
    assert ("PGPASSWORD" in before) == url.startswith("postgresql")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert CliRunner().invoke(app, shlex.split(command)).exit_code == 0
    engine = connect(url)
    schema.check(engine)
    engine.dispose()


def test_options_of_an_address_which_may_be_secrets_are_not_repeated(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'store.db'}?timeout=4321")
    with pytest.raises(StoreError, match=r"db upgrade with the same --store$") as told:
        schema.check(engine)
    assert "4321" not in str(told.value)
    engine.dispose()


def test_tables_of_a_newer_version_are_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refuses in (schema.check, schema.upgrade):
        with pytest.raises(StoreError, match=r"9999, which a newer Shelfguard made"):
            refuses(engine)
    assert schema.current(engine) == "9999"


def test_an_upgrade_that_fails_changes_nothing(url: str) -> None:
    engine = connect(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE deliveries (id TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        schema.upgrade(engine)
    assert inspect(engine).get_table_names() == ["deliveries"]
    engine.dispose()


def test_upgrades_at_once_are_one(url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", UPGRADER, url]
    pipe, same = subprocess.PIPE, subprocess.STDOUT
    started = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=same, text=True) for _ in range(4)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate()[0].strip() for each in started] == [schema.newest()] * 4
    engine = connect(url)
    schema.check(engine)
    engine.dispose()


def test_a_sqlite_file_is_made_when_it_is_opened(tmp_path: Path) -> None:
    schema.open_store(f"sqlite:///{tmp_path / 'store.db'}").dispose()
    assert (tmp_path / "store.db").is_file()


def test_another_database_is_upgraded_only_when_asked(url: str) -> None:
    if url.startswith("postgresql"):
        with pytest.raises(StoreError, match="db upgrade"):
            schema.open_store(url)
        engine = connect(url)
        schema.upgrade(engine)
        engine.dispose()
    schema.open_store(url).dispose()


def test_a_folder_with_a_percent_sign_can_hold_the_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "100%(home)s"
    folder.symlink_to(schema.MIGRATIONS.parent)
    monkeypatch.setattr(schema, "MIGRATIONS", folder / "migrations")
    schema.open_store(f"sqlite:///{tmp_path / 'store.db'}").dispose()
