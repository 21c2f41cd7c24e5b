"""Waiting for a condition, as long as a busy machine may need."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds; fails after so many seconds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"nothing changed in {seconds} seconds"
        time.sleep(0.05)
