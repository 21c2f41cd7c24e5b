"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT_SECONDS = 60


def until(holds: Callable[[], object]) -> None:
    """Wait until it holds; that it never will is told after a minute."""
    end = time.monotonic() + LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)
