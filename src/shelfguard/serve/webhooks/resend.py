"""Dead letters back into the outbox."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from shelfguard.serve.webhooks.dead_letters import taking
from shelfguard.store.database import writing
from shelfguard.store.deliveries import enqueue, queued


def resend(store: Engine, file: Path) -> int:
    """Put the letters of a file into the outbox and empty it; how many there were.

    One that is queued already stays so. If this is killed, a letter is in both places and may be
    delivered twice, under the same id.

    Raises:
        ServeError: the file is not there, or a line of it cannot be read; nothing is sent.
        StoreError: the store is out of reach; the file stays as it was.
    """
    with taking(file) as letters, writing(store) as connection:
        there = queued(connection)
        unqueued = {letter.id: letter.delivery() for letter in letters if letter.id not in there}
        enqueue(connection, list(unqueued.values()))
    return len(letters)
