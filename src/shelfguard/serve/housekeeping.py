"""What the store no longer needs."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from sqlalchemy import Engine

from shelfguard.errors import StoreError
from shelfguard.store.database import writing
from shelfguard.store.idempotency import purge

log = logging.getLogger(__name__)

PURGE_SECONDS = 600.0


async def keep_house(store: Engine) -> None:
    """Remove idempotency keys whose time is over, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(_purge, store)
        except StoreError as error:
            log.warning("old idempotency keys were not removed: %s", error)
        await asyncio.sleep(PURGE_SECONDS)


def _purge(store: Engine) -> None:
    with writing(store) as connection:
        purge(connection, datetime.now(UTC))
