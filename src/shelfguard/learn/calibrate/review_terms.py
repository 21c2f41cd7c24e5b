"""What review costs and what it is worth: hours, minutes a case, harm averted, floors and caps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from shelfguard.errors import DataError
from shelfguard.policy.document import read_document
from shelfguard.policy.pack import ClauseId, Strict
from shelfguard.policy.schema import BrokenPackError, parse

MINUTES, HARM = 1.5, 1.0


class ClauseTerms(Strict):
    """One clause's terms, as far as they differ from the others'.

    `harm` is what is averted by finding one violation, in any unit that all clauses share.
    `at_least` cases that it leads are reviewed, as far as there are so many, and `at_most`.
    """

    harm: Annotated[float, Field(ge=0)] | None = None
    minutes: Annotated[float, Field(gt=0)] | None = None
    at_least: Annotated[int, Field(ge=0)] = 0
    at_most: Annotated[int, Field(ge=0)] | None = None


class ValuesFile(Strict):
    """`values.yaml`: the terms of those clauses that differ."""

    clauses: dict[ClauseId, ClauseTerms]


@dataclass(frozen=True, slots=True)
class Terms:
    """All that an allocation is made under.

    `audit_share` of the hours goes to listings drawn at random.
    """

    hours: float
    minutes_a_case: float = MINUTES
    clauses: dict[str, ClauseTerms] = field(default_factory=dict)
    audit_share: float = 0.0
    seed: int = 0

    def harm(self, clause: str) -> float:
        """What finding a violation of the clause averts; 1 where nobody says."""
        own = self._of(clause).harm
        return HARM if own is None else own

    def minutes(self, clause: str) -> float:
        """How long a case takes that the clause leads."""
        return self._of(clause).minutes or self.minutes_a_case

    def bounds(self, clause: str) -> tuple[int, int | None]:
        """(fewest, most) cases that the clause leads."""
        return self._of(clause).at_least, self._of(clause).at_most

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """Refuse terms of a clause that is not scored.

        Raises:
            DataError: there is one.
        """
        if strange := sorted(set(self.clauses) - set(known)):
            problem, fix = f"no scores of {strange[0]}", "Take it out of the values file"
            raise DataError(problem, field=strange[0], fix=fix)

    def _of(self, clause: str) -> ClauseTerms:
        return self.clauses.get(clause, ClauseTerms())


def read_values(file: Path) -> dict[str, ClauseTerms]:
    """Terms by clause from a YAML file, such as `clauses: {CA-WPN-001: {harm: 10}}`.

    Raises:
        PackError: the file is no such YAML; everything that is wrong with it.
    """
    document = read_document(file)
    values = parse(document, ValuesFile)
    if document.problems or values is None:
        raise BrokenPackError(document.problems)
    return values.clauses
