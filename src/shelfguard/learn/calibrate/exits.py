"""What the exits of each stage may cost: upper bounds on the violations that they let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

CONFIDENCE = 0.95
WHOLE = "cascade"
"""The name under which all stages are counted together."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How many of the violations were missed, their share, and what it is at most."""

    missed: int
    of: int
    share: float | None
    at_most: float

    @classmethod
    def on(cls, missed: Flags, weights: Floats, confidence: float = CONFIDENCE) -> Bound:
        """The bound from violations [violations], one weight each."""
        share = float(np.average(missed, weights=weights)) if len(missed) else None
        most = upper_bound(missed, weights, confidence)
        return cls(int(missed.sum()), len(missed), share, round(most, 5))

    def __str__(self) -> str:
        return f"{self.missed:,} of {self.of:,}, at most {self.at_most:.2%}"


@dataclass(frozen=True, slots=True)
class Exit:
    """The listings that leave the cascade after a stage, unflagged.

    `of_all` counts the violations among those that reach the stage, `of_found` those of them that
    the last stage would have flagged: the price of not asking it.
    """

    stage: str
    listings: int
    of_all: Bound
    of_found: Bound

    def as_dict(self) -> dict[str, Any]:
        """For the calibration file."""
        return asdict(self)

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> Exit:
        """What `as_dict` gave."""
        both = {name: Bound(**kept[name]) for name in ("of_all", "of_found")}
        return cls(kept["stage"], kept["listings"], **both)

    def __str__(self) -> str:
        return (
            f"{self.stage} lets through {self.of_all} of the violations that reach it; "
            f"of those that the last stage finds, {self.of_found}"
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """How held-out rows went through the stages, all [rows].

    `left_at` is the number of the stage that let a row go unflagged, -1 where it was flagged.
    `found` tells which violations the last stage flags under their own clause.
    """

    left_at: Places
    violating: Flags
    found: Flags
    weights: Floats


def bound_exits(passage: Passage, stages: Sequence[str]) -> list[Exit]:
    """The exits of each stage, and under the name `cascade` those of all together.

    They hold for listings drawn like these rows. That each stage opens at a violation of these
    very rows does not spoil the bound: the share below the k-th least of n values is at most the
    Clopper-Pearson bound of k - 1 in n at the same confidence (Wilks, "Determination of sample
    sizes for setting tolerance limits", 1941).
    """
    left, exits = passage.left_at, []
    for number, stage in enumerate(stages):
        reached = (left < 0) | (left >= number)
        exits.append(_exit(stage, passage, reached, left == number))
    early = (left >= 0) & (left < len(stages) - 1)
    whole = _exit(WHOLE, passage, np.ones(len(left), bool), left >= 0)
    found = passage.found
    price = Bound.on(early[found], passage.weights[found])
    return [*exits, Exit(WHOLE, whole.listings, whole.of_all, price)]


def _exit(stage: str, passage: Passage, reached: Flags, leaves: Flags) -> Exit:
    guilty, found = reached & passage.violating, reached & passage.found
    return Exit(
        stage,
        int(leaves.sum()),
        Bound.on(leaves[guilty], passage.weights[guilty]),
        Bound.on(leaves[found], passage.weights[found]),
    )


def upper_bound(missed: Flags, weights: Floats, confidence: float) -> float:
    """An upper confidence bound on the share missed; 1 where there is nothing to count.

    Exact where all weights are equal (Clopper and Pearson, 1934). Where they vary, the weighted
    share of as many rows as the weights are worth, (sum w)^2 / sum w^2, is bounded the same
    way (Korn and Graubard, "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", 1998), which is approximate.
    """
    if not len(missed):
        return 1.0
    worth = float(np.square(weights.sum(dtype=np.float64)) / np.square(weights).sum(dtype=float))
    count = float(np.average(missed, weights=weights)) * worth
    if count >= worth:
        return 1.0
    return float(beta.ppf(confidence, count + 1, worth - count))
