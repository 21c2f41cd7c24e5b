"""What tells one store from another, wherever and by whatever address it is reached."""

from __future__ import annotations

from sqlalchemy import Engine, text

from shelfguard.store.database import reading

_DATABASE = text(
    "SELECT system_identifier, oid FROM pg_control_system(), pg_database"
    " WHERE datname = current_database()"
)


def shared_identity(store: Engine) -> str | None:
    """The identity of a database of PostgreSQL; None for SQLite, whose file one machine has.

    An address would not do: that of a database on `localhost` is the same on every machine.

    Raises:
        StoreError: the database cannot be reached.
    """
    if store.dialect.name != "postgresql":
        return None
    with reading(store) as connection:
        system, database = connection.execute(_DATABASE).one()
    return f"{system}/{database}"
