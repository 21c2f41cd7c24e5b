"""Solve thresholds from goals, on rows that no model was trained on.

The method is Learn-then-Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021): every
candidate threshold is a hypothesis "the goal is missed here", tested with an exact
binomial p-value, and the error over the family of one clause, or of the budget, is kept below
1 - confidence. What is shown holds for listings drawn like the held-out rows: a precision shown
where half the rows violate does not carry over to a catalog where few do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from shelfguard.policy.calibration import Threshold
from shelfguard.policy.pack import FlagBudget, PrecisionGoal, RecallGoal

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

GRID = np.round(np.linspace(0.5, 0.99, 8), 4)
"""The candidates for acting alone; few, because each one costs confidence."""


def budget_threshold(ordinary: Floats, look_alike: Floats, budget: FlagBudget) -> float:
    """The lowest threshold at which both innocent shares stay within budget.

    Both arguments hold the highest probability of each innocent listing, [listings].
    Fixed-sequence testing downwards from 1: flags only grow, so the first failure ends the
    search and no correction is needed. Between two observed probabilities no test changes,
    so trying those alone is the same as trying every number, and the one right above the first
    that fails still passes. Infinity where too few innocent listings show anything.
    """
    observed = np.concatenate([ordinary, look_alike, np.ones(1, np.float32)])
    candidates = np.unique(observed.astype(np.float32))[::-1]
    lowest = np.inf
    for candidate in candidates:
        within = _at_most(ordinary >= candidate, budget.ordinary, budget.confidence) and _at_most(
            look_alike >= candidate, budget.look_alike, budget.confidence
        )
        if not within:
            return lowest if lowest == np.inf else float(np.nextafter(candidate, np.float32(2)))
        lowest = float(candidate)
    return lowest


def _at_most(flagged: Flags, share: float, confidence: float) -> bool:
    """Whether the share of flagged listings is below `share`, at this confidence."""
    return bool(binom.cdf(flagged.sum(), len(flagged), share) <= 1 - confidence)


def act_threshold(
    probabilities: Floats, labels: Floats, goal: PrecisionGoal, least: float
) -> Threshold:
    """The lowest candidate, `least` or more, at which decisions are right as often as asked.

    `least` is the budget's threshold: acting must not flag what the budget does not allow.

    `probabilities` and `labels` are those of one clause, [rows]; labels are 0 or 1.
    Bonferroni over the candidates, since precision is not monotone in the threshold.
    """
    risk = (1 - goal.confidence) / len(GRID)
    for candidate in GRID[least <= GRID]:
        flagged = probabilities >= candidate
        right = int(labels[flagged].sum())
        if flagged.any() and binom.sf(right - 1, flagged.sum(), goal.precision) <= risk:
            return Threshold(threshold=float(candidate), goal=goal.model_dump(), supported=True)
    needed = int(np.ceil(np.log(risk) / np.log(goal.precision)))
    return Threshold(
        threshold=None,
        goal=goal.model_dump(),
        supported=False,
        reason=(
            f"needs {needed} held-out decisions without a mistake to show a precision of "
            f"{goal.precision:.0%}; there are {int(labels.sum())} violations to learn from"
        ),
    )


def review_threshold(
    probabilities: Floats, labels: Floats, goal: RecallGoal, threshold: float
) -> Threshold:
    """The budgeted threshold, with whether it shows the clause's recall goal.

    `probabilities` and `labels` are those of one clause, [rows]; labels are 0 or 1.
    """
    total = int(labels.sum())
    found = int(labels[probabilities >= threshold].sum())
    shown = bool(total and binom.sf(found - 1, total, goal.recall) <= 1 - goal.confidence)
    return Threshold(
        threshold=None if threshold == np.inf else threshold,
        goal=goal.model_dump(),
        supported=shown,
        reason=None
        if shown
        else f"{found} of {total} held-out violations are found within the flag budget, which "
        f"does not show a recall of {goal.recall:.0%}",
    )
