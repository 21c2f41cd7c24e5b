"""Questions to Redis that no request waits for long, and that stop while Redis is down."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

TIMEOUT_S = 0.1
"""How long one question may take."""

PAUSE_S = 5.0
"""How long no question is asked after one failed."""

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Circuit:
    """A circuit breaker: after a failure only one question in PAUSE_S is asked, until one works."""

    def __init__(
        self, without: str, timeout_s: float = TIMEOUT_S, pause_s: float = PAUSE_S
    ) -> None:
        """`without` says in the log what happens while Redis is down."""
        self._without, self._timeout_s, self._pause_s = without, timeout_s, pause_s
        self._is_broken = False
        self._next_try = 0.0

    async def ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer, or None where there is none in time."""
        now = time.monotonic()
        if self._is_broken and now < self._next_try:
            return None
        self._next_try = now + self._pause_s
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await question()
        except (RedisError, OSError) as error:
            self._fail(error)
            return None
        if self._is_broken:
            _log.warning("Redis answers again")
        self._is_broken = False
        return answer

    def _fail(self, error: Exception) -> None:
        if not self._is_broken:
            _log.warning("Redis does not answer (%s): %s", type(error).__name__, self._without)
        self._is_broken = True
        self._next_try = time.monotonic() + self._pause_s
