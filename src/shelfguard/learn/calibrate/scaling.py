"""Raw log-odds to probabilities: the method that predicts held-out rows best, stage by stage.

Platt, "Probabilistic outputs for support vector machines" (1999); Zadrozny and Elkan,
"Transforming classifier scores into accurate multiclass probability estimates" (2002), isotonic;
Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017), temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold

from shelfguard.errors import DataError
from shelfguard.policy.calibration import LogOdds

Floats = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

FOLDS = 5

OFFSET_SPREAD = 0.5
"""How far the offset of a clause is expected to lie from 0, as a standard deviation."""

LEAST = 5e-6
"""Half of the last decimal that a recorded probability has; log loss sees no nearer to 0."""


class Method(StrEnum):
    """How log-odds are made probabilities, simplest first."""

    TEMPERATURE = "temperature"
    PLATT = "platt"
    ISOTONIC = "isotonic"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a stage is calibrated on.

    `features` is [rows, clauses, models]: the student's log-odds, and a transformer's where there
    is one. `truth` [rows, clauses] is 0 or 1, NaN where nobody knows. Rows of one group are on one
    side of every fold. `weights` [rows] are inverse sampling probabilities.
    """

    names: Sequence[str]
    features: Floats
    truth: Floats
    groups: Sequence[str]
    weights: Floats

    def take(self, rows: Rows) -> Sample:
        """Some of the rows, by position."""
        groups = [self.groups[row] for row in rows.tolist()]
        return Sample(self.names, self.features[rows], self.truth[rows], groups, self.weights[rows])

    def judge(self, log_odds: LogOdds) -> Floats:
        """The probabilities [rows, clauses] that the engine would give these rows."""
        transformer = self.features[..., 1] if self.features.shape[2] > 1 else 0.0
        return log_odds.combine(self.names, self.features[..., 0], transformer)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A stage calibrated, with its out-of-fold probabilities [rows, clauses].

    `losses` holds the cross-validated log loss of every method, `brier` the Brier score of the
    one that was chosen.
    """

    method: Method
    log_odds: LogOdds
    probabilities: Floats
    losses: dict[Method, float]
    brier: float

    def as_dict(self) -> dict[str, Any]:
        """What the calibration file keeps of it beside the log-odds."""
        losses = {method.value: loss for method, loss in self.losses.items()}
        return {"method": self.method.value, "log_loss": losses, "brier": self.brier}


def scale(sample: Sample) -> Scaled:
    """Fit every method, and keep the one that predicts rows best that it was not fitted on.

    That is the simplest one whose log loss is within one standard error of the least (Breiman,
    Friedman, Olshen and Stone, "Classification and regression trees", 1984): a curve that gains
    nothing still costs ranking across folds.

    Raises:
        DataError: there are too few groups to cross-validate, or nothing violates a clause.
    """
    known = ~np.isnan(sample.truth)
    _refuse_too_few(sample, known)
    judged = _out_of_fold(sample)
    lost = {method: _log_loss(sample, scores) for method, scores in judged.items()}
    total = float((known * sample.weights[:, None]).sum())
    losses = {method: float(loss.sum()) / total for method, loss in lost.items()}
    least = min(Method, key=lambda method: losses[method])
    best = next(m for m in Method if _within_error(sample.groups, lost[m] - lost[least]))
    truth, weights = sample.truth[known], np.broadcast_to(sample.weights[:, None], known.shape)
    brier = brier_score_loss(truth, judged[best][known], sample_weight=weights[known])
    return Scaled(best, fit_methods(sample)[best], judged[best], losses, float(brier))


def _log_loss(sample: Sample, scores: Floats) -> Wide:
    """The weighted log loss of each row [rows], over its known clauses."""
    chance = np.clip(scores.astype(np.float64), LEAST, 1 - LEAST)
    lost = -np.log(np.where(sample.truth > 0, chance, 1 - chance))
    return np.asarray(sample.weights * np.where(np.isnan(sample.truth), 0, lost).sum(axis=1))


def _within_error(groups: Sequence[str], more: Wide) -> bool:
    """Whether a loss is no more than one standard error above the least; `more` is [rows]."""
    _, group = np.unique(groups, return_inverse=True)
    by_group = np.bincount(group, more)
    return bool(more.sum() <= by_group.std() * np.sqrt(len(by_group)))


def _refuse_too_few(sample: Sample, known: npt.NDArray[np.bool_]) -> None:
    groups, violations = len(set(sample.groups)), int((sample.truth[known] > 0).sum())
    if groups < FOLDS or violations < FOLDS:
        problem = f"{groups} groups of rows and {violations} violations to calibrate on"
        raise DataError(problem, fix=f"Give at least {FOLDS} of each that no model was trained on")


def _out_of_fold(sample: Sample) -> dict[Method, Floats]:
    """Probabilities [rows, clauses] by method, each row judged by a fit that has not seen it."""
    judged = {method: np.empty(sample.truth.shape, np.float32) for method in Method}
    everyone = np.arange(len(sample.truth))
    for train, test in GroupKFold(FOLDS).split(everyone, groups=sample.groups):
        fits, unseen = fit_methods(sample.take(train)), sample.take(test)
        for method, log_odds in fits.items():
            judged[method][test] = unseen.judge(log_odds)
    return judged


def fit_methods(sample: Sample) -> dict[Method, LogOdds]:
    """Every method fitted to all rows."""
    platt = fit_platt(sample)
    return {
        Method.PLATT: platt,
        Method.TEMPERATURE: fit_temperature(sample),
        Method.ISOTONIC: fit_isotonic(sample, platt),
    }


def fit_platt(sample: Sample) -> LogOdds:
    """A weight for each model, an offset, and what each clause adds to it.

    The weights are the clauses' common ones, since a clause alone has a few dozen violations. All
    are drawn towards 0, which small packs alone feel in the common weights.
    """
    models = sample.features.shape[2]
    model = _logistic(sample, _columns(sample.features))
    weights = dict(zip(("student", "transformer"), model.coef_[0, :models].tolist(), strict=False))
    own = (OFFSET_SPREAD * model.coef_[0, models:]).tolist()
    clauses = dict(zip(sample.names, own, strict=True))
    return LogOdds(offset=float(model.intercept_[0]), clauses=clauses, **weights)


def fit_temperature(sample: Sample) -> LogOdds:
    """One temperature a model, the inverse of its weight, and nothing else."""
    features = sample.features.reshape(-1, sample.features.shape[2])
    model = _logistic(sample, features, intercept=False)
    weights = dict(zip(("student", "transformer"), model.coef_[0].tolist(), strict=False))
    return LogOdds(**weights)


def fit_isotonic(sample: Sample, platt: LogOdds) -> LogOdds:
    """Platt's log-odds, bent by an increasing curve.

    Isotonic regression alone makes steps: all listings on one are tied, which costs ranking.
    So the curve runs straight, in log-odds, from the middle of each step to that of the next, and
    with a slope of 1 past the outer ones.
    """
    transformer = sample.features[..., 1] if sample.features.shape[2] > 1 else 0.0
    raw = platt.log_odds(sample.names, sample.features[..., 0], transformer)
    known = ~np.isnan(sample.truth)
    weights = np.broadcast_to(sample.weights[:, None], known.shape)[known].astype(np.float64)
    truth = sample.truth[known].astype(np.float64)
    curve = knots(raw[known].astype(np.float64), truth, weights / weights.mean())
    return platt.model_copy(update={"curve": curve})


def knots(scores: Wide, truth: Wide, weights: Wide) -> list[tuple[float, float]]:
    """(score, log-odds) at the middle of each step of isotonic regression, both increasing.

    All arguments are [pairs]. A step whose share is 0 or 1 is given half a violation, or half an
    innocent pair, so that its log-odds are finite.
    """
    steps = IsotonicRegression().fit(scores, truth, weights).predict(scores)
    _, step = np.unique(steps, return_inverse=True)
    mass = np.bincount(step, weights)
    middle = np.bincount(step, weights * scores) / mass
    share = np.bincount(step, weights * truth) / mass
    share = np.clip(share, 0.5 / (mass + 1), (mass + 0.5) / (mass + 1))
    height = np.log(share / (1 - share))
    first, last = 0, len(height) - 1
    while first < last and height[first] >= height[first + 1]:  # half a violation was too much
        first += 1
    while first < last and height[last] <= height[last - 1]:
        last -= 1
    kept = slice(first, last + 1)
    return list(zip(middle[kept].tolist(), height[kept].tolist(), strict=True))


def _columns(features: Floats) -> sparse.csr_matrix:
    """[rows x clauses, models + clauses]: the log-odds, and which clause they are of."""
    rows, clauses, models = features.shape
    pairs = rows * clauses
    spread = np.full(pairs, OFFSET_SPREAD)
    which = sparse.csr_matrix((spread, np.tile(np.arange(clauses), rows), np.arange(pairs + 1)))
    return sparse.hstack([features.reshape(-1, models), which], format="csr")


def _logistic(sample: Sample, columns: Any, *, intercept: bool = True) -> LogisticRegression:
    """Fit to the pairs that somebody knows; `columns` is [rows x clauses, features]."""
    target = sample.truth.reshape(-1)
    known = np.flatnonzero(~np.isnan(target))
    weights = np.repeat(sample.weights, sample.truth.shape[1])[known]
    model = LogisticRegression(C=1.0, max_iter=1000, fit_intercept=intercept)
    return model.fit(columns[known], target[known].astype(int), sample_weight=weights)
