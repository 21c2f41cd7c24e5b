"""The small models that judge the house rules on pictures, and what speaks for their verdicts.

Each clause's log-odds are a sum with one term for each of its `features`, and a term only ever
speaks for a violation. So the terms that raise the sum are the reasons, and not an approximation.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shelfguard.errors import ModelError
from shelfguard.images.findings import NOTE_OF, NOTES, Finding, evidence
from shelfguard.images.readings import Readings
from shelfguard.images.standards import features

__all__ = ["NOTES", "Finding", "Head", "HeadsFile", "Limit", "PictureHeads", "Ramp"]

DECIMALS = 5
"""Of a probability, so that machines agree."""

MOST_FINDINGS, MOST_OF_ONE_NOTE = 4, 2

LEAST_WEIGHT = 0.5
"""Log-odds that something must add to be named: so much raises even odds to 62 %."""


class Ramp(BaseModel):
    """Nothing up to `fine`, `weight` log-odds from `bad` on, a straight line between.

    `bad` may lie above or below `fine`. An unknown number says nothing.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    fine: float
    bad: float
    weight: float = Field(ge=0)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.fine == self.bad:
            raise ValueError("fine and bad must differ")
        return self

    def share(self, number: float) -> float:
        """How far a number is on the way from fine to bad, from 0 to 1."""
        if math.isnan(number):
            return 0.0
        return min(1.0, max(0.0, (number - self.fine) / (self.bad - self.fine)))

    def at(self, number: float) -> float:
        """The log-odds that a number adds."""
        return self.weight * self.share(number)


class Limit(BaseModel):
    """A probability from which on a goal was shown; without one, the reason why none was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: float | None
    supported: bool
    reason: str | None = None


class Head(BaseModel):
    """The model of one clause, with the thresholds that were solved for it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    bias: float
    terms: dict[str, Ramp]
    act: Limit
    review: Limit

    def weights(self, numbers: Mapping[str, float]) -> dict[str, float]:
        """What each feature adds to the log-odds; one that is missing is unknown."""
        return {name: ramp.at(numbers.get(name, math.nan)) for name, ramp in self.terms.items()}

    def probability(self, numbers: Mapping[str, float]) -> float:
        """How likely the clause is violated."""
        log_odds = self.bias + sum(self.weights(numbers).values())
        return round(1 / (1 + math.exp(-max(-50.0, min(50.0, log_odds)))), DECIMALS)


class HeadsFile(BaseModel):
    """`pictures.json`: heads by clause, and the figures measured when they were made."""

    model_config = ConfigDict(extra="forbid")

    clauses: dict[str, Head]
    figures: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class PictureHeads:
    """One head for each clause that is judged from pictures."""

    heads: Mapping[str, Head]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `pictures.json`.

        Raises:
            ModelError: the file is missing, or is not in this format.
        """
        fix = "Train it again: python -m shelfguard.learn.pictures.standards"
        try:
            return cls(HeadsFile.model_validate_json(path.read_bytes()).clauses)
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise ModelError(problem, file=path, fix=fix) from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or None
            raise ModelError(first["msg"], file=path, field=field, fix=fix) from error

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that have a head."""
        return tuple(self.heads)

    def judge(self, readings: Readings, *, is_main: bool) -> dict[str, float]:
        """The probability of each clause that can be judged from these readings.

        A clause is absent where a detector that it needs did not run, or where it is about main
        pictures only and this is none.
        """
        known = features(readings, is_main=is_main)
        return {
            clause: head.probability(known[clause])
            for clause, head in self.heads.items()
            if clause in known
        }

    def findings(self, clause: str, readings: Readings, *, is_main: bool) -> list[Finding]:
        """What speaks for a violation, strongest first; nothing where it cannot be judged."""
        numbers = features(readings, is_main=is_main).get(clause)
        if numbers is None or clause not in self.heads:
            return []
        strong = self._notes(clause, numbers)
        found = (
            islice(evidence(note, readings, is_main=is_main), MOST_OF_ONE_NOTE) for note in strong
        )
        return list(islice(chain.from_iterable(found), MOST_FINDINGS))

    def _notes(self, clause: str, numbers: Mapping[str, float]) -> list[str]:
        """What speaks for a violation, strongest first; the features of one note count together."""
        weights: dict[str, float] = defaultdict(float)
        for name, weight in self.heads[clause].weights(numbers).items():
            if note := NOTE_OF[clause].get(name):
                weights[note] += weight
        strong = [note for note in weights if weights[note] >= LEAST_WEIGHT]
        return sorted(strong, key=lambda note: -weights[note])
