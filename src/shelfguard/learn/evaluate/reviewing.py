"""What reviewers would find in fewer hours than all listings take: a programme or a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.decision import Outcome
from shelfguard.learn.calibrate.allocate import allocate
from shelfguard.learn.calibrate.review_terms import MINUTES, Terms
from shelfguard.learn.evaluate.measures import ratio
from shelfguard.learn.evaluate.resampling import Estimate, bootstrap
from shelfguard.learn.evaluate.subject import Subject

Rows = npt.NDArray[np.int64]

HOURS = (0.05, 0.1, 0.25, 0.5)
"""Reviewers' hours as shares of what a look at every listing would take."""

SEED = 0


def reviewing(subject: Subject) -> list[dict[str, Any]] | None:
    """By hours: the share of violations seen; None for a model that makes no decisions.

    `fixed` looks at flagged listings as they arrive, in a random order, `allocated` at what a
    mixed-integer programme chooses by calibrated probability.
    """
    decisions = subject.judgement.decisions
    if decisions is None or not subject.part.clauses:
        return None
    outcomes = np.array(decisions.table.column("outcome").to_pylist(), object)
    flagged = np.asarray(outcomes != Outcome.ALLOW.value)
    arrival = np.random.default_rng(SEED).permutation(np.flatnonzero(flagged))
    found = []
    for share in HOURS:
        cases = int(share * len(subject.part))
        terms = Terms(cases * MINUTES / 60)
        chosen = allocate(subject.scores, subject.part.clauses, flagged, terms).chosen
        found.append(
            {
                "share": share,
                "cases": cases,
                "fixed": _seen(subject, arrival[:cases]),
                "allocated": _seen(subject, chosen),
            }
        )
    return found


def _seen(subject: Subject, rows: Rows) -> Estimate:
    """The share of violations that stand in some rows."""
    violations = (subject.truth == 1).sum(axis=1).astype(float)
    looked_at = np.zeros(len(violations))
    looked_at[rows] = 1
    return bootstrap(ratio(violations * looked_at, violations), subject.resamples)
