"""Resamples that respect how rows were drawn: by group, each row with its weight.

Rows of one group (a seller's, near-duplicates, twins) are drawn together, since they are no
independent evidence: the cluster bootstrap (Davison and Hinkley, 1997, section 3.8). A row
weighs the inverse of its sampling probability, and every measure is a ratio of weighted sums
(Horvitz and Thompson, 1952; Hájek, 1971).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]
Draws = npt.NDArray[np.float64]

RESAMPLES = 500
Measure = Callable[[Weights], Any]
"""A figure of the rows under these weights [rows]: a float, or an array of them."""


class Estimate(NamedTuple):
    """A figure with its 95 % percentile bootstrap interval (Efron, 1979)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


class Resamples:
    """The weights of the rows as they are, then those of every resample.

    The draws depend on the groups and the seed alone, so two measures of the same rows are
    paired.
    """

    def __init__(self, weights: Weights, groups: npt.NDArray[np.int64], seed: int = 0) -> None:
        self.weights, self.groups, self.seed = weights, groups, seed

    @classmethod
    def of_rows(cls, count: int, seed: int = 0) -> Self:
        """Rows that each stand alone and weigh one."""
        return cls(np.ones(count), np.arange(count), seed)

    @classmethod
    def of_groups(cls, weights: npt.ArrayLike, names: Sequence[str], seed: int = 0) -> Self:
        """Rows of named groups."""
        _, numbers = np.unique(np.asarray(names, str), return_inverse=True)
        return cls(np.asarray(weights, np.float64), numbers.astype(np.int64), seed)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def group_count(self) -> int:
        return len(np.unique(self.groups))

    def __iter__(self) -> Iterator[Weights]:
        yield self.weights
        rng = np.random.default_rng(self.seed)
        _, numbers = np.unique(self.groups, return_inverse=True)
        count = self.group_count
        for _ in range(RESAMPLES):
            drawn = np.bincount(rng.integers(0, count, count), minlength=count)
            yield self.weights * drawn[numbers]


def draws(measure: Measure, resamples: Resamples) -> Draws:
    """The measure of the rows as they are, then of each resample, [1 + RESAMPLES, ...]."""
    return np.array([measure(weights) for weights in resamples], np.float64)


def estimate(drawn: Draws) -> Estimate:
    """The figure and its interval from `draws` of one number.

    A resample in which the measure is NaN is left out of the interval.
    """
    known = drawn[1:][~np.isnan(drawn[1:])]
    if np.isnan(drawn[0]) or not len(known):
        return Estimate(float(drawn[0]), float("nan"), float("nan"))
    low, high = np.percentile(known, [2.5, 97.5])
    return Estimate(float(drawn[0]), float(low), float(high))


def estimates(drawn: Draws) -> list[Estimate]:
    """One estimate a column, from `draws` of an array of numbers."""
    return [estimate(column) for column in drawn.T]


def bootstrap(measure: Measure, resamples: Resamples) -> Estimate:
    """A measure of one number with its interval."""
    return estimate(draws(measure, resamples))
