"""A head's scale and thresholds, from pictures that it was not trained on."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import StratifiedKFold

from shelfguard.images.picture_heads import Head, Limit
from shelfguard.learn.calibrate.thresholds import (
    act_threshold,
    budget_threshold,
    review_threshold,
)
from shelfguard.learn.pictures.standards.fitting import Sum, platt
from shelfguard.learn.pictures.standards.rows import Floats, Rows
from shelfguard.policy.calibration import Threshold
from shelfguard.policy.pack import Pack

FOLDS, SEED = 5, 20261128


def solved(clause: str, found: Sum, rows: Rows, pack: Pack) -> Head:
    """The head of a clause: the sum scaled, and the thresholds that its goals ask for.

    The budget of the pack holds for each clause: hard negatives are its look-alikes, all other
    innocent pictures its ordinary ones.
    """
    scale = platt(found.log_odds(rows), rows.labels)
    judged, labels = _out_of_fold(found, rows), rows.labels
    hard = rows.hard(clause)
    budget, goals = pack.manifest.budget, pack.clauses[clause].goals
    least = budget_threshold(judged[(labels == 0) & ~hard], judged[(labels == 0) & hard], budget)
    scaled = found.scaled(float(scale.coef_[0, 0]), float(scale.intercept_[0]))
    return Head(
        bias=scaled.bias,
        terms=scaled.terms,
        act=_limit(act_threshold(judged, labels, goals.act, least)),
        review=_limit(review_threshold(judged, labels, goals.review, least)),
    )


def _out_of_fold(found: Sum, rows: Rows) -> Floats:
    """Probabilities [rows], each row scaled by what other rows say."""
    log_odds, judged = found.log_odds(rows), np.empty(len(rows.labels), np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(log_odds, rows.labels):
        fitted = platt(log_odds[train], rows.labels[train])
        judged[test] = fitted.predict_proba(log_odds[test][:, None])[:, 1]
    return judged


def _limit(found: Threshold) -> Limit:
    return Limit(threshold=found.threshold, supported=found.supported, reason=found.reason)
