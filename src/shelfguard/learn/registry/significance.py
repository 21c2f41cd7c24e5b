"""Paired tests of a challenger against the champion on the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scipy.stats import binom

ALPHA = 0.05


class Change(NamedTuple):
    """Violations of one clause: how many there are, and how many only one of the two found."""

    clause: str
    cases: int
    champion: int
    challenger: int
    lost: int
    gained: int

    @property
    def p_value(self) -> float:
        """That so many of the changes are losses if losses and gains are as likely.

        One-sided and exact, on the cases that changed alone (McNemar, 1947).
        """
        return float(binom.sf(self.lost - 1, self.lost + self.gained, 0.5))

    @property
    def least_p_value(self) -> float:
        """What `p_value` would be if every change were a loss."""
        return float(0.5 ** (self.lost + self.gained))

    def __str__(self) -> str:
        found = f"{self.champion} to {self.challenger} of {self.cases} found"
        return f"{self.clause}: {found} ({self.lost} lost, {self.gained} gained)"


def worse(changes: Sequence[Change], alpha: float = ALPHA) -> list[Change]:
    """The clauses that are significantly worse, most surely first; one mistake in 20 runs.

    Holm's correction (1979) over the clauses whose test can reject at all (Tarone, 1990):
    with half a dozen cases each, most clauses cannot, and counting them would let none fail.
    """
    count = _comparisons(changes, alpha)
    testable = [change for change in changes if change.least_p_value <= alpha / count]
    found: list[Change] = []
    for rank, change in enumerate(sorted(testable, key=lambda c: c.p_value)):
        if change.p_value > alpha / (count - rank):
            break
        found.append(change)
    return found


def _comparisons(changes: Sequence[Change], alpha: float) -> int:
    """Tarone's number: the smallest k for which at most k tests can reach alpha / k."""
    for count in range(1, len(changes) + 1):
        if sum(change.least_p_value <= alpha / count for change in changes) <= count:
            return count
    return max(len(changes), 1)


def total(changes: Sequence[Change]) -> Change:
    """All clauses as one."""
    sums = [sum(column) for column in zip(*(change[1:] for change in changes), strict=True)]
    return Change("all clauses", *(sums or [0] * 5))
