"""Connections to PostgreSQL: no host that vanishes and no statement holds anybody for long."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from shelfguard.errors import StoreError

OPTIONS: dict[str, str | int] = {
    "application_name": "shelfguard",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""What libpq is told where the address does not say otherwise: seconds, but a count of keepalives
and milliseconds until what was sent must be acknowledged
(https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS)."""

LIMITS = {"idle_in_transaction_session_timeout": "30s", "statement_timeout": "30s"}
"""When the server undoes a transaction that stopped in the middle, or gives up a statement."""

# What an operator has set, for the server or a role or in the address, holds.
_LIMIT = """
SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s AND source = 'default'
"""


def postgresql(address: URL) -> Engine:
    """An engine for an address of PostgreSQL, whatever driver it names.

    Raises:
        StoreError: the driver is not installed.
    """
    given = {name: value for name, value in OPTIONS.items() if name not in address.query}
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            connect_args=given,
            hide_parameters=True,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        fix = "Install the extra that brings it: pip install 'shelfguard[postgres]'"
        raise StoreError("PostgreSQL needs the package psycopg", fix=fix) from error
    event.listen(engine, "connect", _limit)
    return engine


def _limit(connection: Any, _: Any) -> None:
    for name, limit in LIMITS.items():
        connection.execute(_LIMIT, (limit, name))
    connection.commit()
