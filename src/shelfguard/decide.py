"""From probabilities and thresholds to outcomes: pure functions, no models, no clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from phonenumbers import SUPPORTED_REGIONS

from shelfguard.decision import SEVERITY, Outcome

Floats = npt.NDArray[np.float32]

MARKET = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""An ISO 3166 code of a country or of a part of one."""

COUNTRIES = frozenset(SUPPORTED_REGIONS)
"""Countries as telephone numbering knows them, which is nearly all of ISO 3166-1."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One number a clause, each [clauses]; infinity where the data supports none.

    At `act` and above the clause's own action follows, `actions[clause]`; at `review` and
    above a person looks.
    """

    act: Floats
    review: Floats
    actions: Sequence[Outcome]


class Finding(NamedTuple):
    """A clause that counts against a listing; `row` and `clause` are numbers from 0."""

    row: int
    clause: int
    outcome: Outcome


def find(probabilities: Floats, thresholds: Thresholds) -> list[Finding]:
    """Every (listing, clause) at or over a threshold, most severe first in each listing.

    `probabilities` is [listings, clauses]; NaN is unknown and finds nothing.
    """
    lowest = np.minimum(thresholds.act, thresholds.review)
    rows, clauses = np.nonzero(probabilities >= lowest)
    if not len(rows):
        return []
    acts = probabilities[rows, clauses] >= thresholds.act[clauses]
    findings = [
        Finding(row, clause, thresholds.actions[clause] if act else Outcome.REVIEW)
        for row, clause, act in zip(rows.tolist(), clauses.tolist(), acts.tolist(), strict=True)
    ]
    return sorted(
        findings,
        key=lambda f: (f.row, -SEVERITY[f.outcome], -float(probabilities[f.row, f.clause])),
    )


def settle(outcomes: Sequence[Outcome], *, complete: bool) -> Outcome:
    """The outcome of a listing: the most severe of its findings.

    A listing without findings is allowed only if every required signal ran.
    """
    if not outcomes:
        return Outcome.ALLOW if complete else Outcome.REVIEW
    return max(outcomes, key=SEVERITY.__getitem__)


def market_code(given: str) -> str | None:
    """A market as packs write it: `ca-qc` is `CA-QC`. None where it is no code: `Canada`, `QC`."""
    code = given.strip().upper()
    return code if MARKET.fullmatch(code) and code[:2] in COUNTRIES else None


def in_force(markets: Sequence[str], market: str) -> bool:
    """Whether a clause of these markets holds in one: `CA` and `CA-QC` each take in the other."""
    return any(
        f"{own}-".startswith(f"{market}-") or f"{market}-".startswith(f"{own}-") for own in markets
    )


def out_of_force(clauses: Sequence[Sequence[str]], market: str) -> npt.NDArray[np.int64]:
    """The clauses that do not hold in a market, by number; `clauses` gives the markets of each."""
    return np.flatnonzero([not in_force(own, market) for own in clauses])
