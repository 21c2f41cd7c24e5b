"""What the calibrator wrote beside the models: thresholds, and what data could not support."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError

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

    `clauses` holds what single clauses add to `offset`.
    """

    student: float = 1.0
    transformer: float = 0.0
    offset: float = 0.0
    clauses: dict[str, float] = {}

    def combine(self, names: Sequence[str], student: Floats, transformer: Floats | float) -> Floats:
        """Probabilities [listings, clauses] from raw log-odds; `names` are the clauses."""
        own = np.array([self.offset + self.clauses.get(name, 0.0) for name in names])
        return probability(self.student * student + self.transformer * transformer + own)


def probability(log_odds: Floats) -> npt.NDArray[np.float32]:
    """As decisions record it: rounded, so that machines agree."""
    return np.round(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))), 5).astype(np.float32)


class Calibration(BaseModel):
    """`models/calibration.json`. A clause listed there has a head in a model.

    `models` holds the digests of the models that it was solved for.

    A listing whose openness after a stage is below the stage's `open_at` goes no further;
    where it is missing, all go on.
    """

    models: dict[str, str] = {}
    stages: dict[str, LogOdds] = {}
    open_at: dict[str, float] = {}
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
