"""How long each part of the benchmark takes."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """Listings, and seconds."""

    listings: int
    """All different; sent over and over."""
    single: int
    """Listings that the bare engine decides one by one."""
    rows: int
    """Listings that it decides in batches."""
    warm_up: float
    saturate: float
    steady: float
    """Open loop at a share of the capacity."""
    overload: float
    recovery: float


FULL = Sizes(100_000, 2_000, 10_000, 2, 5, 20, 60, 15)
QUICK = Sizes(20_000, 300, 2_000, 1, 3, 10, 15, 10)
"""Only a hint."""
