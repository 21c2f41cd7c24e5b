"""Leaving a service alone that fails, until a trial shows that it works again."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

FAILURES = 3
"""As many failures in a row open the breaker."""

PAUSE = 5.0
"""Seconds from a failure to the next trial."""


class CircuitBreaker:
    """Open while a service fails, closed while it works; safe among threads.

    Source: Nygard, "Release It!" (2007).
    """

    def __init__(
        self,
        failures: int = FAILURES,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._pause, self._clock = failures, pause, clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._next_trial: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether to leave the service alone."""
        return self._next_trial is not None

    def succeed(self) -> None:
        """Note a call that worked."""
        self._in_a_row = 0

    def fail(self) -> bool:
        """Note a call that failed; whether that opened the breaker."""
        with self._lock:
            self._in_a_row += 1
            if self.is_open or self._in_a_row < self._failures:
                return False
            self._next_trial = self._clock() + self._pause
            return True

    def open(self) -> None:
        """Leave the service alone from now on, as after a trial that failed."""
        with self._lock:
            self._next_trial = self._clock() + self._pause

    def close(self) -> None:
        """Use the service again."""
        with self._lock:
            self._in_a_row, self._next_trial = 0, None

    def trial_is_due(self) -> bool:
        """Whether to try the service now: true for one caller, who opens or closes it then."""
        with self._lock:
            due = self._next_trial is not None and self._clock() >= self._next_trial
            if due:
                self._next_trial = math.inf
            return due
