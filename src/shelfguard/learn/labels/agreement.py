"""How far annotators agree beyond chance, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

RESAMPLES = 500
SEED = 20261122


class Estimate(NamedTuple):
    """A figure and its 95 % bootstrap interval; NaN where the answers do not define it."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float | None]:
        return {name: None if np.isnan(x) else round(x, 4) for name, x in self._asdict().items()}

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "unknown"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


class PairAgreement(NamedTuple):
    """Cohen's kappa of two annotators over the questions that both answered."""

    annotators: tuple[str, str]
    shared: int
    kappa: Estimate

    def as_dict(self) -> dict[str, Any]:
        shared = {"annotators": list(self.annotators), "shared": self.shared}
        return {**shared, "kappa": self.kappa.as_dict()}


def krippendorff_alpha(questions: Numbers, listings: Numbers, answers: Numbers) -> Estimate:
    """Krippendorff's alpha for nominal answers, whoever gave them.

    One entry an answer in each array: the question and the listing that it is about, numbered
    from 0, and the answer as a small number. Listings are resampled whole, because the answers
    on one are not independent. Source: Krippendorff, Content Analysis (1980).
    """
    kinds = int(answers.max(initial=0)) + 1
    counts = np.zeros((int(questions.max(initial=-1)) + 1, kinds))
    np.add.at(counts, (questions, answers), 1)
    of_question = np.zeros(len(counts), np.int64)
    of_question[questions] = listings
    total = counts.sum(axis=1)
    counts, of_question, total = (x[total > 1] for x in (counts, of_question, total))
    disagreeing = (total**2 - (counts**2).sum(axis=1)) / (total - 1)
    return _bootstrap(np.column_stack([disagreeing, counts]), of_question, _alpha)


def cohen_kappa(first: Numbers, second: Numbers, listings: Numbers) -> Estimate:
    """Cohen's kappa of two annotators' answers to the same questions; listings as above.

    Source: Cohen, A coefficient of agreement for nominal scales (1960).
    """
    kinds = int(max(first.max(initial=0), second.max(initial=0))) + 1
    cells = np.zeros((len(first), kinds * kinds))
    cells[np.arange(len(first)), first * kinds + second] = 1
    return _bootstrap(cells, listings, lambda sums: _kappa(sums.reshape(kinds, kinds)))


def pair_agreements(
    names: Sequence[str],
    annotators: Numbers,
    questions: Numbers,
    listings: Numbers,
    answers: Numbers,
) -> list[PairAgreement]:
    """Each two annotators with a question in common, those with the most first."""
    own = [np.flatnonzero(annotators == number) for number in range(len(names))]
    found = []
    for one, two in combinations(range(len(names)), 2):
        _, left, right = np.intersect1d(
            questions[own[one]], questions[own[two]], assume_unique=True, return_indices=True
        )
        first, second = own[one][left], own[two][right]
        if len(first):
            kappa = cohen_kappa(answers[first], answers[second], listings[first])
            found.append(PairAgreement((names[one], names[two]), len(first), kappa))
    return sorted(found, key=lambda pair: (-pair.shared, pair.annotators))


def _alpha(sums: Doubles) -> float:
    disagreeing, counts = float(sums[0]), sums[1:]
    total = float(counts.sum())
    by_chance = (total**2 - float((counts**2).sum())) / (total - 1) if total > 1 else 0.0
    return 1 - disagreeing / by_chance if by_chance else float("nan")


def _kappa(table: Doubles) -> float:
    shares = table / table.sum() if table.sum() else table
    by_chance = float(shares.sum(axis=0) @ shares.sum(axis=1))
    return (
        (float(np.trace(shares)) - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")
    )


def _bootstrap(parts: Doubles, listings: Numbers, figure: Callable[[Doubles], float]) -> Estimate:
    """A figure of the column sums of `parts` [questions, columns], listings drawn anew.

    The percentile interval of Efron and Tibshirani (1993).
    """
    _, number = np.unique(listings, return_inverse=True)
    sums = np.zeros((int(number.max(initial=-1)) + 1, parts.shape[1]))
    np.add.at(sums, number, parts)
    rng, count = np.random.default_rng(SEED), len(sums)
    drawn = (
        np.bincount(rng.integers(count, size=count), minlength=count) for _ in range(RESAMPLES)
    )
    figures = np.array([figure(times @ sums) for times in drawn] if count else [np.nan])
    known = figures[~np.isnan(figures)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return Estimate(figure(sums.sum(axis=0)), float(low), float(high))
