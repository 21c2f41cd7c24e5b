"""Work beside the requests, which must not end before the server does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""Between a failure and the next beginning, so that what fails at once does not fill the log."""


@dataclass(frozen=True, slots=True)
class Background:
    """Work that goes on until it is cancelled, and its name in log and metrics."""

    name: str
    work: Callable[[], Coroutine[Any, Any, None]]

    async def run(self, failed: Callable[[str], None]) -> None:
        """Begin anew after each failure, of which `failed` is told; cancellation ends it."""
        while True:
            try:
                await self.work()
            except Exception:
                failed(self.name)
                log.exception("%s failed", self.name)
                if _cancelled():
                    return
            await asyncio.sleep(PAUSE_SECONDS)


def _cancelled() -> bool:
    """Whether a failure took the place of the cancellation during which it happened."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
