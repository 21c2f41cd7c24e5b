"""What a new clause's detector is worth, on examples that it was not fitted to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from shelfguard.learn.calibrate.thresholds import act_threshold, budget_threshold, review_threshold
from shelfguard.policy.calibration import Thresholds
from shelfguard.policy.pack import FlagBudget, Pack

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

FALSE_POSITIVES = 0.01
"""The share of listings without a violation that may be flagged."""


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """Cross-validated recall where `FALSE_POSITIVES` of the other listings are flagged.

    `recall_low` and `recall_high` are the exact 95 % interval of Clopper and Pearson (1934).
    """

    clause: str
    violations: int
    look_alikes: int
    others: int
    found: int
    recall: float
    recall_low: float
    recall_high: float
    look_alikes_flagged: int
    seconds: float = 0.0

    def after(self, seconds: float) -> ClauseReport:
        """The report, with how long the work took."""
        return replace(self, seconds=round(seconds, 1))

    def as_dict(self) -> dict[str, Any]:
        """For machines and for the calibration file."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.clause}: cross-validated recall at {FALSE_POSITIVES:.0%} false positives "
            f"{self.recall:.0%} ({self.recall_low:.0%} to {self.recall_high:.0%}), "
            f"{self.found} of {self.violations} violations, "
            f"with {self.look_alikes_flagged} of {self.look_alikes} legal look-alikes flagged "
            f"and {self.others:,} other listings to tell them from"
        )


def report(clause: str, judged: Floats, violates: Flags, own: Flags) -> ClauseReport:
    """Measure out-of-fold probabilities; all arguments are [listings].

    `own` are the clause's examples; the false positives are counted among the others.
    """
    threshold = np.quantile(judged[~own], 1 - FALSE_POSITIVES, method="higher")
    flagged = judged > threshold
    found, of = int(flagged[own & violates].sum()), int((own & violates).sum())
    return ClauseReport(
        clause=clause,
        violations=of,
        look_alikes=int((own & ~violates).sum()),
        others=int((~own).sum()),
        found=found,
        recall=round(found / of, 4),
        recall_low=0.0 if found == 0 else round(float(beta.ppf(0.025, found, of - found + 1)), 4),
        recall_high=1.0 if found == of else round(float(beta.ppf(0.975, found + 1, of - found)), 4),
        look_alikes_flagged=int(flagged[own & ~violates].sum()),
    )


def solve_thresholds(pack: Pack, clause: str, judged: Floats, violates: Flags) -> Thresholds:
    """Both thresholds of the clause, from out-of-fold probabilities [listings].

    A person looks from where `FALSE_POSITIVES` is kept with the pack's confidence.
    """
    goals, truth = pack.clauses[clause].goals, violates.astype(np.float32)
    budget = FlagBudget(
        ordinary=FALSE_POSITIVES,
        look_alike=FALSE_POSITIVES,
        confidence=pack.manifest.budget.confidence,
    )
    innocent = judged[~violates]
    least = budget_threshold(innocent, innocent, budget)
    return Thresholds(
        act=act_threshold(judged, truth, goals.act, least),
        review=review_threshold(judged, truth, goals.review, least),
    )
