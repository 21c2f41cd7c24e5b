"""A logistic head over vectors: works from five examples of a label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

from shelfguard.errors import DataError
from shelfguard.learn.pictures.platt import platt

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Inverses of the penalty that are tried; vectors have length 1, so that weak penalties win."""

FOLDS = 5
FEWEST = 5
"""Examples with a label, and without: below, nothing can be calibrated."""


@dataclass(frozen=True, slots=True)
class Head:
    """`weights` [width] and `bias` give log-odds; `unseen` [pictures] are those of its examples,
    each from a head that had not seen its group."""

    weights: Floats
    bias: float
    strength: float
    unseen: Floats


def fit_head(vectors: Floats, truth: Flags, groups: Sequence[str]) -> Head:
    """Learn one label from vectors [pictures, width]; strength and scale by cross-validation.

    Raises:
        DataError: too few examples have the label, or are without it.
    """
    if min(truth.sum(), (~truth).sum()) < FEWEST:
        problem = f"{truth.sum()} pictures with the label and {(~truth).sum()} without"
        raise DataError(problem, fix=f"Give at least {FEWEST} of each")
    folds = _folds(truth, groups)
    unseen = {strength: _unseen(vectors, truth, folds, strength) for strength in STRENGTHS}
    strength = min(STRENGTHS, key=lambda each: _loss(unseen[each], truth))
    model = LogisticRegression(C=strength, max_iter=2000).fit(vectors, truth)
    slope, intercept = platt(unseen[strength], truth)
    return Head(
        weights=np.asarray(model.coef_[0] * slope, np.float32),
        bias=float(model.intercept_[0] * slope + intercept),
        strength=strength,
        unseen=np.asarray(unseen[strength] * slope + intercept, np.float32),
    )


def _folds(truth: Flags, groups: Sequence[str]) -> npt.NDArray[np.int64]:
    """The fold [pictures] that leaves each picture out; groups stay whole if there are enough.

    Pictures with and without the label are dealt out apart, so that every fold has both.
    """
    names = np.asarray(groups, np.str_)
    folds = np.zeros(len(truth), np.int64)
    for kind in (True, False):
        rows = np.flatnonzero(truth == kind)
        of_kind = names[rows]
        if len(np.unique(of_kind)) < FOLDS:
            of_kind = rows.astype(np.str_)
        for fold, (_, left) in enumerate(GroupKFold(FOLDS).split(rows, groups=of_kind)):
            folds[rows[left]] = fold
    return folds


def _unseen(vectors: Floats, truth: Flags, folds: npt.NDArray[np.int64], strength: float) -> Floats:
    odds = np.zeros(len(truth), np.float32)
    for fold in range(FOLDS):
        left = folds == fold
        model = LogisticRegression(C=strength, max_iter=2000)
        odds[left] = model.fit(vectors[~left], truth[~left]).decision_function(vectors[left])
    return odds


def _loss(odds: Floats, truth: Flags) -> float:
    return float(log_loss(truth, 1 / (1 + np.exp(-odds.astype(float)))))
