"""What the calibrator wrote beside the models: thresholds, and what data could not support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError, field_validator

from shelfguard.errors import PackError
from shelfguard.policy.pack import Clause, Pack
from shelfguard.policy.schema import row_problem

Floats = npt.NDArray[np.floating[Any]]

FILE = "models/calibration.json"


class Threshold(BaseModel):
    """A probability at which the goal holds; None where the data supports none."""

    threshold: float | None
    goal: dict[str, Any]
    supported: bool
    reason: str | None = None

    def solves(self, goal: BaseModel) -> bool:
        """Whether it was solved for this goal, as far as both say."""
        asked = goal.model_dump()
        return all(asked[key] == value for key, value in self.goal.items() if key in asked)


class Thresholds(BaseModel):
    """The two thresholds of one clause."""

    act: Threshold
    review: Threshold

    def stale(self, clause: Clause) -> list[str]:
        """The names of thresholds that were solved for another goal than the clause has."""
        pairs = {"act": (self.act, clause.goals.act), "review": (self.review, clause.goals.review)}
        return [name for name, (threshold, goal) in pairs.items() if not threshold.solves(goal)]


class LogOdds(BaseModel, extra="forbid"):
    """A stage's calibrated log-odds: a weighted sum of the student's and its transformer's.

    `clauses` holds what single clauses add to `offset`. Where there is a `curve`, the sum is then
    bent by it: points of (sum, log-odds), both increasing, with straight lines between them and
    a slope of 1 beyond. So listings keep their order, and no two are tied that were not.
    """

    student: float = 1.0
    transformer: float = 0.0
    offset: float = 0.0
    clauses: dict[str, float] = {}
    curve: list[tuple[float, float]] = []

    @field_validator("curve")
    @classmethod
    def _increases(cls, curve: list[tuple[float, float]]) -> list[tuple[float, float]]:
        if any(a >= c or b >= d for (a, b), (c, d) in pairwise(curve)):
            raise ValueError("the points of the curve must increase in both numbers")
        return curve

    def combine(self, names: Sequence[str], student: Floats, transformer: Floats | float) -> Floats:
        """Probabilities [listings, clauses] from raw log-odds; `names` are the clauses."""
        return probability(self.log_odds(names, student, transformer))

    def log_odds(
        self, names: Sequence[str], student: Floats, transformer: Floats | float
    ) -> Floats:
        """Calibrated log-odds [listings, clauses] from raw ones."""
        return self.scaling(names).log_odds(student, transformer)

    def scaling(self, names: Sequence[str]) -> Scaling:
        """The same for these clauses, as arrays."""
        offsets = np.array([self.offset + self.clauses.get(name, 0.0) for name in names])
        curve = np.array(self.curve).T if self.curve else None
        return Scaling(self.student, self.transformer, offsets, curve)


@dataclass(frozen=True, slots=True)
class Scaling:
    """A stage's `LogOdds` as arrays: `offsets` [clauses], and `curve` [2, points] or None."""

    student: float
    transformer: float
    offsets: Floats
    curve: Floats | None

    def log_odds(self, student: Floats, transformer: Floats | float) -> Floats:
        """Calibrated log-odds [listings, clauses] from raw ones."""
        return self._bend(self.student * student + self.transformer * transformer + self.offsets)

    def _bend(self, sums: Floats) -> Floats:
        if self.curve is None:
            return sums
        given, wanted = self.curve
        below, above = np.minimum(sums - given[0], 0), np.maximum(sums - given[-1], 0)
        bent: Floats = np.interp(sums, given, wanted) + below + above
        return bent


def probability(log_odds: Floats) -> npt.NDArray[np.float32]:
    """As decisions record it: rounded, so that machines agree."""
    return np.round(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))), 5).astype(np.float32)


class Calibration(BaseModel):
    """`models/calibration.json`. A clause listed there has a head in a model.

    `models` holds the digests of the models that it was solved for.

    A listing whose openness after a stage is below the stage's `open_at` goes no further;
    where it is missing, all go on. From a rarity above `unfamiliar_at` on, the models do not know
    what they read.
    """

    models: dict[str, str] = {}
    stages: dict[str, LogOdds] = {}
    open_at: dict[str, float] = {}
    unfamiliar_at: float | None = None
    clauses: dict[str, Thresholds]
    data: dict[str, Any] = {}


def read_calibration(pack: Pack) -> Calibration | None:
    """The pack's calibration; None where it has none.

    Raises:
        PackError: the file is not in the calibrator's format.
    """
    file = pack.calibration_file
    if not file.exists():
        return None
    try:
        return Calibration.model_validate_json(file.read_bytes())
    except ValidationError as error:
        field, problem = row_problem(error, Calibration)
        fix = "Run the calibrator again"
        raise PackError(problem, file=file, field=field, fix=fix) from error
