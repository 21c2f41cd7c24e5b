"""Which listings reviewers should see, given their hours: a mixed-integer programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.errors import DataError
from shelfguard.learn.calibrate.programme import Programme, solve
from shelfguard.learn.calibrate.review_terms import Terms

Floats = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FIXED, GREEDY, OPTIMAL = "fixed threshold", "greedy", "optimal"


@dataclass(frozen=True, slots=True)
class Cases:
    """Every listing as a possible case, all [listings].

    A case is led by the clause of which it may do the most harm, and takes the minutes of that
    clause. Whoever reviews it sees all of it: `harm` and `violations` are expected over all
    clauses.
    """

    clauses: Sequence[str]
    lead: Rows
    minutes: Wide
    harm: Wide
    violations: Wide

    @classmethod
    def of(cls, probabilities: Floats, clauses: Sequence[str], terms: Terms) -> Cases:
        """Cases from calibrated probabilities [listings, clauses]; NaN is no known risk."""
        known = np.nan_to_num(probabilities.astype(np.float64))
        harm = known * np.array([terms.harm(clause) for clause in clauses])
        lead = harm.argmax(axis=1)
        minutes = np.array([terms.minutes(clause) for clause in clauses])[lead]
        return cls(clauses, lead, minutes, harm.sum(axis=1), known.sum(axis=1))

    def __len__(self) -> int:
        return len(self.lead)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one way to choose the cases brings."""

    name: str
    cases: int
    hours: float
    violations: float
    harm: float


@dataclass(frozen=True, slots=True)
class Allocation:
    """The cases for review, and what other ways to choose them would have brought.

    `chosen` are positions of listings, those of most harm averted a minute first. `audited` are
    those of them that were drawn at random, each listing with probability `audit_probability`.
    `gap` is how much more harm than the plan's could be averted at most, as a share of it.
    """

    chosen: Rows
    audited: Rows
    audit_probability: float
    cases: Cases
    plans: list[Plan]
    gap: float

    def compare(self) -> list[Plan]:
        """Fixed thresholds, greedy choice and the optimum, at the same hours.

        The first knows no terms but the hours; the other two keep them all.
        """
        return self.plans

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "cases": len(self.chosen),
            "audited": len(self.audited),
            "audit_probability": self.audit_probability,
            "gap": self.gap,
            "plans": [asdict(plan) for plan in self.plans],
        }

    def queue(self) -> list[dict[str, Any]]:
        """The cases in the order in which to review them.

        `sampling_prob` is the chance that a case had to be drawn, 1 for one that was not: figures
        over what was audited weigh it by the inverse.
        """
        audited, cases = set(self.audited.tolist()), self.cases
        return [
            {
                "row": row,
                "clause": cases.clauses[cases.lead[row]],
                "minutes": float(cases.minutes[row]),
                "expected_harm": round(float(cases.harm[row]), 5),
                "expected_violations": round(float(cases.violations[row]), 5),
                "audit": row in audited,
                "sampling_prob": self.audit_probability if row in audited else 1.0,
            }
            for row in self.chosen.tolist()
        ]


def allocate(
    probabilities: Floats, clauses: Sequence[str], flagged: Flags, terms: Terms
) -> Allocation:
    """Choose cases so that the expected harm averted in the hours given is the most.

    `flagged` [listings] are those that fixed thresholds send to review, in order of arrival, for
    comparison. A share of the hours may be kept for a random audit, drawn first and from all
    listings, so that what no model suspects is seen too.

    Raises:
        DataError: a clause of the terms is unknown, or its floor cannot be kept in these hours.
    """
    terms.refuse_unknown(clauses)
    cases = Cases.of(probabilities, clauses, terms)
    audited, probability = _audit(cases, terms)
    rest = np.setdiff1d(np.arange(len(cases)), audited)
    budget = terms.hours * 60 - float(cases.minutes[audited].sum())
    programme = _programme(cases, rest, audited, budget, terms)
    found = solve(programme)
    greedy, chosen = (np.concatenate([audited, rest[p]]) for p in (found.greedy, found.chosen))
    plans = [
        _plan(FIXED, cases, _until(cases, np.flatnonzero(flagged), terms.hours * 60)),
        _plan(GREEDY, cases, greedy),
        _plan(OPTIMAL, cases, chosen),
    ]
    return Allocation(_by_rate(cases, chosen), audited, probability, cases, plans, found.gap)


def _audit(cases: Cases, terms: Terms) -> tuple[Rows, float]:
    """A random draw that fills its share of the hours, and each listing's chance to be in it."""
    if not terms.audit_share or not len(cases):
        return np.empty(0, np.int64), 0.0
    order = np.random.default_rng(terms.seed).permutation(len(cases))
    drawn = _until(cases, order, terms.hours * 60 * terms.audit_share)
    return np.sort(drawn), len(drawn) / len(cases)


def _programme(cases: Cases, rest: Rows, audited: Rows, budget: float, terms: Terms) -> Programme:
    """What to choose from the rest; cases that were drawn already count for floors and caps."""
    drawn = np.bincount(cases.lead[audited], minlength=len(cases.clauses))
    led = np.bincount(cases.lead[rest], minlength=len(cases.clauses))
    minutes = np.array([terms.minutes(clause) for clause in cases.clauses])
    least = np.zeros(len(cases.clauses))
    most = np.full(len(cases.clauses), np.inf)
    for number, clause in enumerate(cases.clauses):
        floor, cap = terms.bounds(clause)
        least[number] = min(max(floor - drawn[number], 0), led[number])
        most[number] = np.inf if cap is None else max(cap - drawn[number], 0)
    if (least > most).any():
        clause = cases.clauses[int(np.argmax(least > most))]
        raise DataError(f"{clause}: at_least is above at_most", fix="Correct the values file")
    return Programme(cases.harm[rest], cases.lead[rest], minutes, budget, least, most)


def _by_rate(cases: Cases, rows: Rows) -> Rows:
    """The rows by falling harm averted a minute."""
    return rows[np.argsort(-cases.harm[rows] / cases.minutes[rows], kind="stable")]


def _until(cases: Cases, order: Rows, minutes: float) -> Rows:
    """The first cases of an order, as far as the minutes reach."""
    return order[np.cumsum(cases.minutes[order]) <= minutes + 1e-9]


def _plan(name: str, cases: Cases, rows: Rows) -> Plan:
    hours = float(cases.minutes[rows].sum()) / 60
    violations, harm = float(cases.violations[rows].sum()), float(cases.harm[rows].sum())
    return Plan(name, len(rows), round(hours, 3), round(violations, 3), round(harm, 3))
