"""What a student loses of the violations that its teacher finds, with a bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from shelfguard.learn.calibrate.cascade import OPEN_RECALL
from shelfguard.learn.data.dataset import Floats

CONFIDENCE = 0.95
FLAGGED_SHARES = (0.01, 0.05, 0.2)
"""Shares of innocent listings that both may flag."""

KEPT_SHARES = (0.97, OPEN_RECALL)
"""What a stage may be asked to leave open of the violations that a later one would find."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `found` violations that the teacher finds, the student finds `kept`.

    `at_least` is the lower end of the one-sided interval of Clopper and Pearson (1934).
    """

    found: int
    kept: int

    @property
    def share(self) -> float | None:
        return self.kept / self.found if self.found else None

    @property
    def at_least(self) -> float:
        return at_least(self.kept, self.found)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "share": self.share, "at_least": self.at_least}


@dataclass(frozen=True)
class RecallLoss:
    """Student beside teacher on the same rows.

    `flagged` has, by the share of innocent listings that both flag, the violations kept overall
    and by clause. `closed` has, by the share of the teacher's finds that must stay open, the
    share of innocent listings that the student could close: what it saves in a cascade.
    """

    rows: int
    violations: int
    flagged: dict[float, Kept]
    clauses: dict[float, dict[str, Kept]]
    closed: dict[float, float]

    def worst(self, share: float) -> tuple[str, Kept] | None:
        """The clause that loses most, by the share kept and then by how many were lost."""
        kept = [(name, one) for name, one in self.clauses[share].items() if one.found]
        order = sorted(kept, key=lambda pair: (pair[1].kept / pair[1].found, -pair[1].found))
        return order[0] if order else None

    def metrics(self) -> dict[str, float]:
        """The main figures under flat names, as trackers take them."""
        kept = {f"kept_at_{share:g}": one.share for share, one in self.flagged.items()}
        bound = {f"kept_at_{share:g}_least": one.at_least for share, one in self.flagged.items()}
        closed = {f"closed_at_{share:g}": value for share, value in self.closed.items()}
        found = {**kept, **bound, **closed}
        return {name: value for name, value in found.items() if value is not None}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        worst = {share: self.worst(share) for share in self.flagged}
        return {
            "rows": self.rows,
            "violations": self.violations,
            "confidence": CONFIDENCE,
            "flagged": {
                str(share): {
                    **kept.as_dict(),
                    "worst": {"clause": w[0], **w[1].as_dict()} if (w := worst[share]) else None,
                    "clauses": {n: one.as_dict() for n, one in self.clauses[share].items()},
                }
                for share, kept in self.flagged.items()
            },
            "closed": {str(share): value for share, value in self.closed.items()},
        }


def recall_loss(
    teacher: Floats, student: Floats, truth: Floats, clauses: Sequence[str]
) -> RecallLoss:
    """Compare two models' probabilities [rows, clauses] on rows that neither was trained on.

    `truth` is 0 or 1; where a model says nothing (NaN), it finds nothing. Each model's threshold
    is where it flags the same share of the innocent rows; these are not the rows on which
    violations are counted, so the bounds hold as they are.
    """
    teacher, student = np.nan_to_num(teacher), np.nan_to_num(student)
    violates: Flags = truth > 0
    innocent = _without(violates)
    flagged, by_clause = {}, {}
    for share in FLAGGED_SHARES:
        found = violates & (teacher > _limit(teacher, innocent, share))
        kept = found & (student > _limit(student, innocent, share))
        flagged[share] = Kept(int(found.sum()), int(kept.sum()))
        counts = zip(clauses, found.sum(axis=0), kept.sum(axis=0), strict=True)
        by_clause[share] = {name: Kept(int(f), int(k)) for name, f, k in counts if f}
    closed = _closed(teacher, student, violates, innocent)
    return RecallLoss(len(truth), int(violates.sum()), flagged, by_clause, closed)


def at_least(hits: int, total: int, confidence: float = CONFIDENCE) -> float:
    """The lowest share that `hits` of `total` leave credible (Clopper and Pearson, 1934)."""
    return float(beta.ppf(1 - confidence, hits, total - hits + 1)) if hits else 0.0


def _without(violates: Flags) -> Flags:
    """The rows that violate nothing."""
    return np.asarray(~violates.any(axis=1))


def _limit(scores: Floats, innocent: Flags, share: float) -> float:
    """The score above which at most this share of the innocent rows lie."""
    if not innocent.any():
        return -np.inf
    return float(np.quantile(scores[innocent].max(axis=1), 1 - share, method="higher"))


def _closed(
    teacher: Floats, student: Floats, violates: Flags, innocent: Flags
) -> dict[float, float]:
    found = (violates & (teacher > _limit(teacher, innocent, FLAGGED_SHARES[-1]))).any(axis=1)
    if not found.any() or not innocent.any():
        return {}
    highest = student.max(axis=1)
    limits = {kept: np.quantile(highest[found], 1 - kept, method="lower") for kept in KEPT_SHARES}
    return {kept: float((highest[innocent] < limit).mean()) for kept, limit in limits.items()}
