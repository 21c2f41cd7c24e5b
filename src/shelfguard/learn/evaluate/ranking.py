"""The figures of one subject: ranking, decisions at its limits, and clause by clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from shelfguard.decide import Thresholds
from shelfguard.learn.evaluate import measures
from shelfguard.learn.evaluate.resampling import Estimate, bootstrap, draws, estimates
from shelfguard.learn.evaluate.scorers import aligned
from shelfguard.learn.evaluate.subject import Floats, Subject

SHARES = (0.001, 0.01, 0.05)
"""The shares of innocent listings flagged at which recall is told."""


def ranking(subject: Subject) -> dict[str, Any]:
    """How well violations rank first."""
    truth, scores, resamples = subject.truth, subject.scores, subject.resamples
    return {
        "average_precision": bootstrap(measures.pooled_precision(truth, scores), resamples),
        "clause_average_precision": bootstrap(
            measures.mean_clause_precision(truth, scores), resamples
        ),
        "recall_at_false_positives": {
            f"{share:g}": bootstrap(
                measures.recall_at_false_positives(truth, scores, share), resamples
            )
            for share in SHARES
        },
    }


def at_limits(subject: Subject) -> dict[str, Estimate]:
    """What happens at the subject's own limits."""
    truth, found, resamples = subject.truth, subject.found, subject.resamples
    return {
        "recall": bootstrap(measures.recall_at(truth, found), resamples),
        "precision": bootstrap(measures.precision_at(truth, found), resamples),
        "innocent_flagged": bootstrap(measures.flagged_share(truth, found), resamples),
    }


def at_thresholds(subject: Subject, own: Thresholds, names: list[str]) -> dict[str, Any]:
    """Precision where the model may act alone, recall where it asks a person.

    `names` are the clauses of the thresholds. A clause without an act threshold never acts.
    """
    act, review = (
        subject.scores >= _limits(side, names, subject) for side in (own.act, own.review)
    )
    truth, resamples = subject.truth, subject.resamples
    return {
        "acts_on": int((act & ~np.isnan(truth)).sum()),
        "act_precision": bootstrap(measures.precision_at(truth, act), resamples),
        "review_recall": bootstrap(measures.recall_at(truth, act | review), resamples),
    }


def by_clause(subject: Subject) -> dict[str, Mapping[str, Any]]:
    """The figures of each clause that some row violates."""
    truth, resamples = subject.truth, subject.resamples
    precisions = estimates(draws(measures.every_clause_precision(truth, subject.scores), resamples))
    recalls = estimates(draws(measures.every_clause_recall(truth, subject.found), resamples))
    return {
        clause: {
            "violations": int((truth[:, column] == 1).sum()),
            "average_precision": precisions[column],
            "recall": recalls[column],
        }
        for column, clause in enumerate(subject.part.clauses)
        if (truth[:, column] == 1).any()
    }


def _limits(side: Floats, names: list[str], subject: Subject) -> Floats:
    values = aligned(side.astype(np.float32), names, subject.part.clauses)
    return np.where(np.isnan(values), np.inf, values)
