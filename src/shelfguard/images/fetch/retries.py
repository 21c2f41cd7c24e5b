"""When to ask a server again, and when to leave it alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Retries:
    """How often to try, and how long to wait in between (seconds).

    A server that asks for more than `longest_wait` is not asked again.
    """

    tries: int = 3
    first_wait: float = 0.5
    longest_wait: float = 10.0

    def wait(self, tried: int, asked: float | None) -> float | None:
        """Seconds until the next try after `tried` ones, or None where there is none.

        What the server asked for, else exponential backoff with full jitter (Brooker, "Exponential
        Backoff and Jitter", AWS Architecture Blog, 2015).
        """
        if tried >= self.tries or (asked or 0) > self.longest_wait:
            return None
        if asked is not None:
            return asked
        return RANDOM.uniform(0, min(self.longest_wait, self.first_wait * 2 ** (tried - 1)))
