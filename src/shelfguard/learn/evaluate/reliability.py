"""Whether probabilities can be taken at their word: reliability curve and calibration error."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.learn.evaluate.measures import Floats, Labels, brier
from shelfguard.learn.evaluate.resampling import (
    Estimate,
    Measure,
    Resamples,
    Weights,
    bootstrap,
    draws,
    estimates,
)

QUIET = 0.01
"""Pairs below this probability, nearly all of them, share one bin: no decision turns on them."""

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of like probability: what was said on average, and how many did violate."""

    pairs: int
    low: float
    high: float
    said: float
    seen: Estimate


@dataclass(frozen=True, slots=True)
class Reliability:
    """Brier score, expected calibration error (Naeini, Cooper and Hauskrecht, 2015) and curve."""

    brier: Estimate
    expected_calibration_error: Estimate
    bins: list[Bin]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reliability(truth: Labels, probabilities: Floats, resamples: Resamples) -> Reliability:
    """Measure probabilities [rows, clauses] on the pairs of which truth and model both speak.

    One bin holds all below QUIET; the rest are bins of equal weight.
    """
    known = ~np.isnan(truth) & ~np.isnan(probabilities)
    edges = bin_edges(probabilities[known], _pair_weights(known, resamples.weights))
    tables = _tables(truth, probabilities, known, edges)
    return Reliability(
        bootstrap(brier(truth, probabilities), resamples),
        bootstrap(_calibration_error(tables), resamples),
        _bins(tables, edges, resamples),
    )


def bin_edges(probabilities: Floats, weights: Weights) -> Floats:
    """Inner borders of bins: QUIET, then those that part the rest into equal weights."""
    order = np.argsort(probabilities, kind="stable")
    values, mass = probabilities[order], weights[order]
    loud = values >= QUIET
    values, mass = values[loud], np.cumsum(mass[loud])
    if not len(values):
        return np.array([QUIET])
    cuts = np.searchsorted(mass, mass[-1] * np.arange(1, BINS) / BINS)
    return np.unique(np.append(QUIET, values[cuts]))


@dataclass(frozen=True, slots=True)
class _Tables:
    """By row and bin, [rows, bins]: pairs, the sum of their probabilities, their violations."""

    pairs: Floats
    said: Floats
    seen: Floats


def _tables(
    truth: Labels, probabilities: Floats, known: npt.NDArray[Any], edges: Floats
) -> _Tables:
    rows = np.repeat(np.arange(len(truth)), known.sum(axis=1))
    values = probabilities[known]
    places = rows * (len(edges) + 1) + np.searchsorted(edges, values, side="right")
    shape = (len(truth), len(edges) + 1)

    def table(weights: npt.NDArray[Any] | None) -> Floats:
        return np.bincount(places, weights, shape[0] * shape[1]).reshape(shape).astype(np.float64)

    return _Tables(table(None), table(values), table(truth[known]))


def _calibration_error(tables: _Tables) -> Measure:
    def measure(weights: Weights) -> float:
        total = weights @ tables.pairs.sum(axis=1)
        gaps = np.abs(weights @ tables.said - weights @ tables.seen)
        return float(gaps.sum() / total) if total else float("nan")

    return measure


def _bins(tables: _Tables, edges: Floats, resamples: Resamples) -> list[Bin]:
    def rates(weights: Weights) -> Floats:
        mass = weights @ tables.pairs
        seen = weights @ tables.seen
        return np.asarray(np.divide(seen, mass, out=np.full(len(mass), np.nan), where=mass > 0))

    seen = estimates(draws(rates, resamples))
    said = (resamples.weights @ tables.said) / np.maximum(resamples.weights @ tables.pairs, 1e-12)
    borders = [0.0, *edges.tolist(), 1.0]
    return [
        Bin(int(tables.pairs[:, n].sum()), borders[n], borders[n + 1], float(said[n]), seen[n])
        for n in range(len(edges) + 1)
        if tables.pairs[:, n].any()
    ]


def _pair_weights(known: npt.NDArray[Any], weights: Weights) -> Weights:
    return np.repeat(weights, known.sum(axis=1))
