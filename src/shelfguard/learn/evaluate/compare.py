"""A challenger against the champion on the same rows and the same resamples."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal, NamedTuple

import numpy as np

from shelfguard.learn.data.dataset import Part
from shelfguard.learn.evaluate.measures import (
    Floats,
    brier,
    gain,
    pooled_precision,
    recall_at,
)
from shelfguard.learn.evaluate.resampling import Measure, Resamples, Weights, draws, estimate
from shelfguard.learn.evaluate.significance import family_wise, sign_flip
from shelfguard.learn.evaluate.subject import Flags, Subject

LEVEL = 0.05

Answer = Literal["better", "worse", "no difference"]


class Rival(NamedTuple):
    """What one of the two says, [rows, clauses] over all clauses of the dataset."""

    scores: Floats
    found: Flags

    @classmethod
    def of(cls, subject: Subject) -> Rival:
        return cls(subject.scores, subject.found)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both on the clauses that either judges; where one says nothing its score is the lowest."""

    part: Part
    truth: Floats
    new: Rival
    old: Rival
    clauses: list[str]

    @property
    def resamples(self) -> Resamples:
        return Resamples.of_groups(self.part.weights, self.part.column("group"))


def compare(part: Part, new: Rival, old: Rival) -> dict[str, Any]:
    """Differences, new less old, each with its interval and what it says."""
    pair = _paired(part, new, old)
    truth, resamples = pair.truth, pair.resamples
    ranks = gain(pooled_precision(truth, pair.new.scores), pooled_precision(truth, pair.old.scores))
    errors = gain(
        brier(truth, np.nan_to_num(pair.new.scores)), brier(truth, np.nan_to_num(pair.old.scores))
    )
    return {
        "average_precision": _difference(ranks, resamples),
        "brier": _difference(errors, resamples, lower_is_better=True),
        "recall": _recall(pair),
        "clauses": _clauses(pair),
    }


def _paired(part: Part, new: Rival, old: Rival) -> Pair:
    used = np.flatnonzero(~(np.isnan(new.scores) & np.isnan(old.scores)).all(axis=0))
    narrowed = [Rival(rival.scores[:, used], rival.found[:, used]) for rival in (new, old)]
    clauses = [part.clauses[column] for column in used]
    return Pair(part, part.truth[:, used], narrowed[0], narrowed[1], clauses)


def _difference(
    measure: Measure, resamples: Resamples, *, lower_is_better: bool = False
) -> dict[str, Any]:
    drawn = draws(measure, resamples)
    found, spread = estimate(drawn), float(np.nanstd(drawn[1:]))
    certain = 0.0 if found.value else 1.0
    p = 2 * NormalDist().cdf(-abs(found.value) / spread) if spread else certain
    better = -found.value if lower_is_better else found.value
    return {"difference": found, "p_value": p, "says": _says(better, significant=p <= LEVEL)}


def _recall(pair: Pair) -> dict[str, Any]:
    measure = gain(recall_at(pair.truth, pair.new.found), recall_at(pair.truth, pair.old.found))
    found = estimate(draws(measure, pair.resamples))
    p = sign_flip(_by_group(pair).sum(axis=1))
    return {
        "difference": found,
        "p_value": p,
        "says": _says(found.value, significant=p <= LEVEL),
    }


def _clauses(pair: Pair) -> dict[str, dict[str, Any]]:
    """Recall by clause; Holm's correction over the clauses that some row violates."""
    changes = _by_group(pair)
    used = np.flatnonzero((pair.truth == 1).any(axis=0)).tolist()
    p_values = [sign_flip(changes[:, column]) for column in used]
    rejected = family_wise(p_values, LEVEL)
    found = {}
    for column, p, significant in zip(used, p_values, rejected, strict=True):
        is_violation = pair.truth[:, column] == 1
        was, now = (int((r.found[:, column] & is_violation).sum()) for r in (pair.old, pair.new))
        found[pair.clauses[column]] = {
            "violations": int(is_violation.sum()),
            "champion": was,
            "challenger": now,
            "p_value": p,
            "says": _says(float(changes[:, column].sum()), significant=significant),
        }
    return found


def _by_group(pair: Pair) -> Weights:
    """Weighted violations that the new one finds beyond the old one, [groups, clauses]."""
    less = (pair.new.found.astype(np.float64) - pair.old.found) * (pair.truth == 1)
    resamples = pair.resamples
    summed = np.zeros((resamples.group_count, less.shape[1]))
    np.add.at(summed, resamples.groups, less * resamples.weights[:, None])
    return summed


def _says(better: float, *, significant: bool) -> Answer:
    if not significant or not better:
        return "no difference"
    return "better" if better > 0 else "worse"
