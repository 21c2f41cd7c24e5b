"""Tests that hold for groups of rows, and corrections for many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

EXACT = 14
"""Up to this many groups that differ, every assignment of signs is tried."""

FLIPS = 20_000


def sign_flip(differences: npt.NDArray[np.float64], seed: int = 0) -> float:
    """Two-sided p-value of paired differences [groups], by flipping their signs.

    Under the hypothesis of no difference each group's might as well have come out the other
    way round (Fisher, 1935). Exact up to EXACT groups, else by FLIPS random assignments, the
    one observed included.
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    if len(moved) <= EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(moved))))
        extra = 0
    else:
        signs = np.random.default_rng(seed).choice((-1.0, 1.0), (FLIPS, len(moved)))
        extra = 1
    as_far = np.abs(signs @ moved) >= abs(moved.sum()) - 1e-9
    return float((as_far.sum() + extra) / (len(signs) + extra))


def family_wise(p_values: Sequence[float], level: float) -> list[bool]:
    """Which hypotheses to reject with at most `level` risk of any mistake (Holm, 1979)."""
    rejected = [False] * len(p_values)
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[place] > level / (len(p_values) - rank):
            break
        rejected[place] = True
    return rejected


def false_discoveries(p_values: Sequence[float], rate: float) -> list[bool]:
    """Which to reject with at most `rate` of them mistaken (Benjamini and Hochberg, 1995)."""
    order = np.argsort(p_values, kind="stable")
    rejected = [False] * len(p_values)
    within = [
        rank for rank, place in enumerate(order, 1) if p_values[place] <= rate * rank / len(order)
    ]
    for place in order[: within[-1] if within else 0]:
        rejected[place] = True
    return rejected
