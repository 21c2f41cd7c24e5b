"""Measures of ranking, decision and probability, each a function of the rows' weights.

`truth` [rows, clauses] is 1 or 0, NaN where nobody knows: such pairs are left out. `scores` are
any increasing function of probability, NaN where a model says nothing: such pairs rank last. All
sorting is done when a measure is made, so that a resample costs a pass over the pairs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.learn.evaluate.resampling import Measure, Weights

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

NOTHING = float("nan")


def average_precision(truth: Labels, scores: Floats) -> float:
    """Mean precision at each violation, of one-dimensional arrays; NaN where there is none.

    The same as scikit-learn's `average_precision_score`.
    """
    return Ranking(truth, scores, np.arange(len(truth)))(np.ones(len(truth)))


class Ranking:
    """Average precision of pairs; `rows` [pairs] says which row's weight each pair has.

    Pairs below the last violation change nothing and are dropped.
    """

    def __init__(self, truth: Labels, scores: Floats, rows: npt.NDArray[np.int64]) -> None:
        known = ~np.isnan(np.asarray(truth, np.float64))
        truth, scores, rows = truth[known], _ranked(scores[known]), rows[known]
        order = np.argsort(-scores, kind="stable")
        violates, scores = truth[order] == 1, scores[order]
        ends = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
        last = ends[np.searchsorted(ends, np.flatnonzero(violates)[-1])] if violates.any() else -1
        self._rows = rows[order][: last + 1]
        self._found = np.flatnonzero(violates[: last + 1])
        self._ends = ends[np.searchsorted(ends, self._found)]

    def __call__(self, weights: Weights) -> float:
        drawn = weights[self._rows]
        total = drawn[self._found].sum()
        if not total:
            return NOTHING
        right = np.zeros_like(drawn)
        right[self._found] = drawn[self._found]
        above, found = np.cumsum(drawn)[self._ends], np.cumsum(right)[self._ends]
        precision = np.divide(found, above, out=np.zeros_like(found), where=above > 0)
        return float((right[self._found] * precision).sum() / total)


def pooled_precision(truth: Labels, scores: Floats) -> Measure:
    """Average precision over all (listing, clause) pairs."""
    rows = np.repeat(np.arange(len(truth)), truth.shape[1])
    return Ranking(truth.ravel(), scores.ravel(), rows)


def clause_precision(truth: Labels, scores: Floats, clause: int) -> Measure:
    """Average precision of one clause."""
    return Ranking(truth[:, clause], scores[:, clause], np.arange(len(truth)))


def every_clause_precision(truth: Labels, scores: Floats) -> Measure:
    """Average precision of each clause, [clauses]."""
    clauses = [clause_precision(truth, scores, number) for number in range(truth.shape[1])]
    return lambda weights: np.array([measure(weights) for measure in clauses])


def mean_clause_precision(truth: Labels, scores: Floats) -> Measure:
    """The mean over violated clauses of average precision; a resample may violate fewer of them."""
    every = every_clause_precision(truth, scores)

    def measure(weights: Weights) -> float:
        found = every(weights)
        known = found[~np.isnan(found)]
        return float(known.mean()) if len(known) else NOTHING

    return measure


def recall_at_false_positives(truth: Labels, scores: Floats, share: float) -> Measure:
    """Violations found when at most this share of the innocent listings is flagged at all.

    A violation is one (listing, clause) pair; one score limit holds for all clauses. An innocent
    listing is known to violate no clause. NaN without a violation or without an innocent.
    """
    ranked = _ranked(scores)
    innocent = np.flatnonzero((truth == 0).all(axis=1))
    highest = ranked[innocent].max(axis=1, initial=-np.inf)
    order = np.argsort(-highest, kind="stable")
    innocent, highest = innocent[order], highest[order]
    firsts = np.searchsorted(-highest, -highest, side="left")
    rows, clauses = np.nonzero(truth == 1)
    values = ranked[rows, clauses]

    def measure(weights: Weights) -> float:
        mass, drawn = weights[innocent], weights[rows]
        if not mass.sum() or not drawn.sum():
            return NOTHING
        above = np.append(0.0, np.cumsum(mass))[firsts]
        limit = highest[np.flatnonzero(above <= share * mass.sum() * (1 + 1e-12))[-1]]
        return float(drawn[values > limit].sum() / drawn.sum())

    return measure


def limit_at_false_positives(truth: Labels, scores: Floats, weights: Weights, share: float) -> Any:
    """The lowest score that flags at most this share of the innocent listings; NaN without any.

    To be compared with `>=`.
    """
    innocent = np.flatnonzero((truth == 0).all(axis=1))
    if not weights[innocent].sum():
        return NOTHING
    highest = _ranked(scores)[innocent].max(axis=1)
    order = np.argsort(-highest, kind="stable")
    highest, mass = highest[order], np.cumsum(weights[innocent][order])
    first = np.searchsorted(mass, share * mass[-1] * (1 + 1e-12), side="right")
    return np.nextafter(np.float32(highest[min(first, len(highest) - 1)]), np.float32(np.inf))


def ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> Measure:
    """The weighted sum of `part` over that of `whole`, both [rows] or [rows, figures].

    NaN where the whole is nothing.
    """
    above, below = np.asarray(part, np.float64), np.asarray(whole, np.float64)

    def measure(weights: Weights) -> Any:
        total = np.asarray(weights @ below)
        return np.divide(weights @ above, total, out=np.full(total.shape, np.nan), where=total > 0)

    return measure


def precision_at(truth: Labels, found: Flags) -> Measure:
    """Of the pairs that are found and known, the share that violates. `found` [rows, clauses]."""
    known = found & ~np.isnan(truth)
    return ratio((known & (truth == 1)).sum(axis=1), known.sum(axis=1))


def recall_at(truth: Labels, found: Flags) -> Measure:
    """The share of the violations that is found. `found` is [rows, clauses]."""
    return ratio((found & (truth == 1)).sum(axis=1), (truth == 1).sum(axis=1))


def every_clause_recall(truth: Labels, found: Flags) -> Measure:
    """The share of the violations of each clause that is found, [clauses]."""
    return ratio(found & (truth == 1), truth == 1)


def flagged_share(truth: Labels, found: Flags) -> Measure:
    """The share of the innocent listings that is flagged under any clause."""
    innocent = (truth == 0).all(axis=1)
    return ratio(innocent & found.any(axis=1), innocent)


def brier(truth: Labels, probabilities: Floats) -> Measure:
    """The mean squared error of the probabilities over all known pairs (Brier, 1950)."""
    known = ~np.isnan(truth) & ~np.isnan(probabilities)
    errors = np.where(known, (probabilities - truth) ** 2, 0.0)
    return ratio(errors.sum(axis=1), known.sum(axis=1))


def gain(better: Measure, worse: Measure) -> Measure:
    """How much one measure exceeds another on the same rows."""
    return lambda weights: better(weights) - worse(weights)


def _ranked(scores: Floats) -> Floats:
    """Scores in which a pair of which nothing is said comes last."""
    return np.where(np.isnan(scores), -np.inf, scores)
