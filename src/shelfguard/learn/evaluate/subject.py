"""What is evaluated: listings with their truth, and what one model says of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.decision import Decisions
from shelfguard.learn.data.dataset import UNSURE, Dataset, Part, Split
from shelfguard.learn.evaluate.measures import limit_at_false_positives
from shelfguard.learn.evaluate.resampling import Resamples
from shelfguard.learn.evaluate.scorers import DecidingScorer, aligned
from shelfguard.learn.model import Scorer
from shelfguard.listing import Batch

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

COMMON_SHARE = 0.01
"""The share of innocent listings that the common threshold may flag, where a model has none."""

LEAST_INNOCENTS = 100
"""Fewer innocent listings than this do not place a threshold at one in a hundred."""


class Judgement(NamedTuple):
    """What a model says: scores [rows, clauses], and its decisions where it makes any."""

    scores: Floats
    decisions: Decisions | None


class Limits(NamedTuple):
    """From which score on a pair counts as found, [clauses], and how the number was had."""

    values: Floats
    origin: str


@dataclass(frozen=True)
class Subject:
    """Rows of a dataset as one model sees them."""

    part: Part
    judgement: Judgement
    limits: Limits

    @property
    def scores(self) -> Floats:
        return self.judgement.scores

    @cached_property
    def truth(self) -> Floats:
        """1, 0 or NaN, [rows, clauses]."""
        return self.part.truth

    @cached_property
    def found(self) -> Flags:
        """The pairs at or over the limit, [rows, clauses]."""
        return np.asarray(self.scores >= self.limits.values)

    @cached_property
    def innocent(self) -> Flags:
        """The listings known to violate nothing, [rows]."""
        return np.asarray((self.truth == 0).all(axis=1))

    @cached_property
    def resamples(self) -> Resamples:
        return Resamples.of_groups(self.part.weights, self.part.column("group"))

    @cached_property
    def kinds(self) -> npt.NDArray[Any]:
        return np.array(self.part.column("kind"), object)

    def take(self, rows: npt.NDArray[np.int64]) -> Subject:
        """Some of the rows; the decisions of the whole batch do not come along."""
        return Subject(self.part.take(rows), Judgement(self.scores[rows], None), self.limits)


def narrowed(subject: Subject) -> Subject:
    """The same rows with the clauses that the model judges alone.

    A listing that violates another clause is innocent of nothing: where it violates none of
    those that are left, its pairs are unknown.
    """
    silent = np.asarray(np.isnan(subject.scores).all(axis=0))
    elsewhere = (subject.truth[:, silent] == 1).any(axis=1)
    targets = subject.part.targets[:, ~silent].copy()
    targets[elsewhere] = np.where(targets[elsewhere] > UNSURE, targets[elsewhere], np.nan)
    clauses = [name for name, quiet in zip(subject.part.clauses, silent, strict=True) if not quiet]
    part = Part(clauses, subject.part.batch, targets, subject.part.rows)
    judgement = Judgement(subject.scores[:, ~silent], subject.judgement.decisions)
    limits = Limits(subject.limits.values[~silent], subject.limits.origin)
    return Subject(part, judgement, limits)


def judge(scorer: Scorer, batch: Batch, clauses: list[str]) -> Judgement:
    """What a model says of listings, in the order of these clauses."""
    if isinstance(scorer, DecidingScorer):
        decisions = scorer.run(batch)
        return Judgement(aligned(decisions.probabilities, decisions.clauses, clauses), decisions)
    return Judgement(aligned(scorer.probabilities(batch), scorer.clauses, clauses), None)


def limits_of(scorer: Scorer, dataset: Dataset) -> Limits:
    """A model's own thresholds; for one without, the score that flags COMMON_SHARE of innocents.

    That score is set on the calibration rows, or on the test rows where those are too few.
    """
    if isinstance(scorer, DecidingScorer):
        lowest = np.minimum(scorer.thresholds.act, scorer.thresholds.review)
        values = aligned(lowest.astype(np.float32), scorer.clauses, dataset.clauses)
        return Limits(np.where(np.isnan(values), np.inf, values), "the model's own thresholds")
    part, place = dataset.calibration, Split.CALIBRATION
    if (part.truth == 0).all(axis=1).sum() < LEAST_INNOCENTS:
        part, place = dataset.test, Split.TEST
    scores = judge(scorer, part.batch, dataset.clauses).scores
    limit = limit_at_false_positives(
        part.truth, scores, part.weights.astype(np.float64), COMMON_SHARE
    )
    origin = f"one score, which {COMMON_SHARE:.0%} of the innocent {place} listings reach"
    return Limits(np.full(len(dataset.clauses), limit, np.float32), origin)
