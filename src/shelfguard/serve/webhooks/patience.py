"""How long a receiver is given, and when it is asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from shelfguard.store.deliveries import Delivery

RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits grow from `first_wait` to `longest_wait`, until `attempts` or `age` are reached."""

    attempt: timedelta = timedelta(seconds=15)
    """For one attempt, from the connection to the answer."""
    first_wait: timedelta = timedelta(seconds=5)
    longest_wait: timedelta = timedelta(hours=6)
    attempts: int = 50
    age: timedelta = timedelta(days=3)

    def next_attempt(
        self, delivery: Delivery, now: datetime, asked: float | None
    ) -> datetime | None:
        """When to try again after a failure, or None where it is given up.

        `asked` are the seconds of a Retry-After: never earlier than that. Exponential backoff with
        full jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
        """
        doubled = self.first_wait * 2 ** min(delivery.attempts - 1, 30)
        jittered = RANDOM.uniform(0, 1) * min(doubled, self.longest_wait)
        # What is given up for its age is never later than this, however long the receiver asks.
        waited = max(jittered, timedelta(seconds=min(asked or 0, self.age.total_seconds() + 1)))
        late = now + waited > delivery.created_at + self.age
        return None if late or delivery.attempts >= self.attempts else now + waited
