"""An SQLite file that several processes of one machine may share."""

from __future__ import annotations

import sqlite3
from pathlib import Path

LOCK_SECONDS = 60
"""How long one process waits for another's transaction: far longer than one takes."""


def open_shared(file: Path | None, schema: str) -> sqlite3.Connection:
    """A connection in which every statement commits, unless a transaction is begun.

    Without a file, the database is in memory.

    Raises:
        OSError, sqlite3.Error: the file cannot be used.
    """
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    # Used by one thread at a time, though not always by the one that opened it.
    connection = sqlite3.connect(
        file or ":memory:", timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(schema)
    return connection
