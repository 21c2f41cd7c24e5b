"""Soft and missing targets, for learners that know only yes and no."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CLEAR = 0.0005
"""A target this close to 0 or 1 counts as one answer instead of as two with weights."""


class Answers(NamedTuple):
    """Which rows to learn from, whether each violates, and how much it counts."""

    rows: Integers
    violates: Flags
    weights: npt.NDArray[np.float64]

    def balanced(self) -> Answers:
        """Both answers weigh the same in total; the sum of weights stays."""
        total, found = self.weights.sum(), self.weights[self.violates].sum()
        shares = np.where(self.violates, found, total - found)
        return self._replace(weights=self.weights * total / (2 * shares))

    @property
    def is_one_sided(self) -> bool:
        return bool(self.violates.all() or not self.violates.any())


def answers(target: Floats, weights: Floats | None = None) -> Answers:
    """The answers in one clause's targets [rows], from 0 to 1 and NaN where nobody knows.

    A row with target p counts p as violating and 1 - p as not, so that the loss is the
    cross-entropy with the target, as in Hinton, Vinyals and Dean, "Distilling the knowledge in a
    neural network" (2015). `weights` [rows] multiply that.
    """
    known = np.flatnonzero(~np.isnan(target))
    judged = target[known].astype(np.float64)
    counts = np.ones(len(known)) if weights is None else weights[known].astype(np.float64)
    violates, belief = judged >= 0.5, np.maximum(judged, 1 - judged)
    belief[belief >= 1 - CLEAR] = 1.0
    twice = np.flatnonzero(belief < 1.0)
    return Answers(
        np.concatenate([known, known[twice]]),
        np.concatenate([violates, ~violates[twice]]),
        np.concatenate([counts * belief, counts[twice] * (1 - belief[twice])]),
    )
