"""Keeps the decision log up with the store."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from sqlalchemy import Engine

from shelfguard.errors import StoreError
from shelfguard.objects import place
from shelfguard.store import decisions
from shelfguard.store.log import Log

log = logging.getLogger(__name__)

FLUSH_SECONDS = 10.0
"""How far the log may be behind the store."""


async def write_log(store: Engine, url: str) -> None:
    """Write what the store has and the log has not, until cancelled, and once more then.

    Several servers may write one log: one of them is first, and the others find that it is done.
    """
    written = Log(place(url), partial(decisions.after, store))
    try:
        while True:
            await asyncio.to_thread(_flush, written)
            await asyncio.sleep(FLUSH_SECONDS)
    finally:
        await asyncio.to_thread(_flush, written)


def _flush(written: Log) -> None:
    try:
        written.flush()
    except StoreError as error:
        log.warning("the decision log is behind the store: %s", error)
