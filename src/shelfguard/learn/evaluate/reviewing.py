"""What reviewers would find in fewer hours than all listings take: a programme or a threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.decision import Outcome
from shelfguard.learn.calibrate.allocate import allocate
from shelfguard.learn.calibrate.review_terms import MINUTES, Terms
from shelfguard.learn.evaluate.measures import ratio
from shelfguard.learn.evaluate.resampling import Estimate, Resamples, bootstrap
from shelfguard.learn.evaluate.subject import Subject

Wide = npt.NDArray[np.float64]

HOURS = (0.05, 0.1, 0.25, 0.5)
"""Reviewers' hours as shares of what a look at every listing would take."""


def reviewing(subject: Subject) -> list[dict[str, Any]] | None:
    """By hours: the share of violations seen; None for a model that makes no decisions.

    `fixed` looks at flagged listings as they arrive, in any order, `allocated` at what a
    mixed-integer programme chooses by calibrated probability. Every row counts once, whatever its
    sampling probability: hours are spent on rows.
    """
    decisions = subject.judgement.decisions
    if decisions is None or not subject.part.clauses:
        return None
    outcomes = np.array(decisions.table.column("outcome").to_pylist(), object)
    flagged = np.asarray(outcomes != Outcome.ALLOW.value)
    count = len(flagged)
    rows = Resamples.of_groups(np.ones(count), subject.part.column("group"))
    violations = (subject.truth == 1).sum(axis=1).astype(float)

    def seen(looked_at: Wide) -> Estimate:
        return bootstrap(ratio(violations * looked_at, violations), rows)

    found = []
    for share in HOURS:
        cases = int(share * count)
        chosen = np.zeros(count)
        terms = Terms(cases * MINUTES / 60)
        chosen[allocate(subject.scores, subject.part.clauses, flagged, terms).chosen] = 1
        reached = min(1.0, cases / max(flagged.sum(), 1))
        fixed, allocated = seen(flagged * reached), seen(chosen)
        found.append({"share": share, "cases": cases, "fixed": fixed, "allocated": allocated})
    return found
