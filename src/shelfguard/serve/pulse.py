"""How far the event loop is behind."""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle

BEAT = 0.02
"""Seconds between two looks."""

FADES = 0.9
"""What is left of a lag at the next look, so that one quick round does not hide slow ones."""


class Pulse:
    """Measures how late the event loop runs what is due: the time that a request waits unread."""

    def __init__(self) -> None:
        self.lag = 0.0
        self._timer: TimerHandle | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._beat(loop, loop.time())

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.lag = max(loop.time() - due, FADES * self.lag)
        next_due = loop.time() + BEAT
        self._timer = loop.call_at(next_due, self._beat, loop, next_due)
