"""Thresholds that keep the expected share of missed violations low: conformal risk control.

Angelopoulos, Bates, Fisch, Lei and Schuster, "Conformal risk control" (2022). Unlike
Learn-then-Test in `thresholds.py`, which holds with a confidence over draws of the held-out rows,
this holds on average over them. It asks for less data, and promises less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfguard.policy.pack import RecallGoal

Floats = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """The probabilities [violations] that the held-out violations of one clause were given.

    Violations of one group count as one draw. `weights` are inverse sampling probabilities; the
    largest of them is taken for the largest that a listing can have.
    """

    probabilities: Floats
    groups: Sequence[str]
    weights: Floats

    def risk(self, threshold: float) -> float:
        """The conformal bound on the share missed below a threshold; 1 where nothing is known.

        With n groups, each of which loses the mean of its misses, (sum of losses + 1) / (n + 1).
        With weights w, (sum of w x loss + w_max) / (sum of w + w_max), after Tibshirani, Barber,
        Candès and Ramdas, "Conformal prediction under covariate shift" (2019); a group weighs
        what its violations weigh on average.
        """
        if not len(self.probabilities):
            return 1.0
        losses, weights = self._by_group(self.probabilities < np.float32(threshold))
        most = weights.max()
        return float((losses @ weights + most) / (weights.sum() + most))

    def _by_group(self, missed: npt.NDArray[np.bool_]) -> tuple[Wide, Wide]:
        _, group = np.unique(self.groups, return_inverse=True)
        mass = np.bincount(group, self.weights)
        losses = np.bincount(group, self.weights * missed) / mass
        return losses, mass / np.bincount(group)


def recall_threshold(found: Found, goal: RecallGoal) -> float | None:
    """The highest threshold at which the expected recall is the goal's, or more.

    The loss never falls as the threshold rises, so the highest that keeps the bound may be chosen
    on the same rows. None where there are too few: 1 / (1 - recall) - 1 groups at the least.
    The goal's confidence plays no part.
    """
    kept = [
        float(candidate)
        for candidate in np.unique(found.probabilities)
        if found.risk(float(candidate)) <= 1 - goal.recall + 1e-12
    ]
    return max(kept, default=None)


def shows_recall(found: Found, goal: RecallGoal, threshold: float) -> bool:
    """Whether a threshold that was solved for something else keeps the goal in expectation."""
    return found.risk(threshold) <= 1 - goal.recall + 1e-12
