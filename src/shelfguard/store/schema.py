"""The version of a store's tables: which it has, whether it fits, and how it gets to it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, func, select, text

from shelfguard.errors import StoreError
from shelfguard.store.database import connect, reading, shown, writing

MIGRATIONS = Path(__file__).parent / "migrations"

UPGRADES = 0x5368656C6602
"""The advisory lock of PostgreSQL that an upgrade holds."""


def open_store(url: str) -> Engine:
    """Connect to a store whose tables fit this version; a SQLite file is made, or upgraded.

    A PostgreSQL database is shared, so its upgrade is its operator's to time.

    Raises:
        StoreError: it cannot be reached, or has other tables than this version needs.
    """
    engine = connect(url)
    try:
        if engine.dialect.name == "sqlite":
            upgrade(engine)
        check(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


def upgrade(engine: Engine) -> str:
    """Bring the tables up to this version, all of them or none, and name it.

    Two upgrades at once wait for each other, and the second finds nothing left to do.

    Raises:
        StoreError: the database cannot be reached, or a newer version made its tables.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # A large table may take its time, and so may the upgrade before this one.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADES)))
        _known(engine, _revision(connection))
        command.upgrade(_config(connection), "head")
        return newest()


def current(engine: Engine) -> str | None:
    """The version of the tables, None where there are none.

    Raises:
        StoreError: the database cannot be reached.
    """
    with reading(engine) as connection:
        return _revision(connection)


def check(engine: Engine) -> None:
    """Make sure that the tables are those of this version.

    Raises:
        StoreError: they are older, newer or missing.
    """
    revision = current(engine)
    _known(engine, revision)
    if revision != newest():
        problem = f"its tables are of version {revision or 'none'}, and this needs {newest()}"
        raise StoreError(problem, file=shown(engine.url), fix=_upgrading(engine.url))


def newest() -> str:
    """The version that this Shelfguard writes."""
    return _scripts().get_current_head() or ""


def _upgrading(url: URL) -> str:
    """What to run, without a secret that the address holds."""
    if url.query:  # among which may be a password
        return "Run shelfguard db upgrade with the same --store"
    open_ = URL.create(url.drivername, url.username, None, url.host, url.port, url.database)
    command = f"shelfguard db upgrade --store {quote(open_.render_as_string())}"
    if url.password is None:
        return f"Run: {command}"
    return f"Put the password of this address into PGPASSWORD and run: {command}"


def _known(engine: Engine, revision: str | None) -> None:
    if revision and revision not in {script.revision for script in _scripts().walk_revisions()}:
        problem = f"its tables are of version {revision}, which a newer Shelfguard made"
        raise StoreError(problem, file=shown(engine.url), fix="Upgrade this Shelfguard")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config()
    # The parser of this setting reads % as the start of a name.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
