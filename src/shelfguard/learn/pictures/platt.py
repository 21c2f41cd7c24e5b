"""Scores as probabilities, by a line over log-odds (Platt, 1999)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]

WEAK = 1e4
"""The inverse of a penalty that only keeps the fit finite."""


def platt(odds: Floats, truth: Flags, weights: Floats | None = None) -> tuple[float, float]:
    """Slope and intercept from log-odds [n] to those of being true [n]; both kinds must occur.

    Targets are Platt's, short of 0 and 1: few examples that are told apart without a fault do not
    make every later one certain.
    """
    yes, no = int(truth.sum()), int((~truth).sum())
    targets = np.where(truth, (yes + 1) / (yes + 2), 1 / (no + 2))
    classes = np.repeat([True, False], len(odds))
    shares = np.concatenate([targets, 1 - targets])
    shares *= 1 if weights is None else np.tile(weights, 2)
    model = LogisticRegression(C=WEAK, max_iter=1000)
    model.fit(np.tile(odds, 2)[:, None], classes, sample_weight=shares)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
