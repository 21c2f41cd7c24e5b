"""What to ask people next: the doubtful, the unlike, and a random share that keeps figures honest.

The design is a take-all stratum beside a simple random sample (Särndal, Swensson and Wretman,
Model Assisted Survey Sampling, 1992). Margin and diverse picks follow from the scores alone, so
they are certain: their inclusion probability is 1, and each stands for itself. The random share
is drawn from *all* listings, not from what the others left: a listing that was picked for one
clause must keep its chance of being asked about the rest. So for every clause each listing has
a known probability above 0 of being asked, and the inverse weighs its answer (Horvitz and
Thompson, 1952). A listing may be both certain for one clause and drawn at random for all: it then
has two lines, and the certain one counts for its clause.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shelfguard.errors import DataError
from shelfguard.learn.labels.pool import Pool
from shelfguard.learn.labels.read import EVERY

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

Reason = Literal["margin", "diverse", "random"]

MOST_OF_ONE_CLAUSE = 0.25
"""Of the margin picks, unless other clauses have no more: one badly calibrated clause would
fill the batch."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How a batch is made up; the three shares sum to 1."""

    margin: float = 0.5
    diverse: float = 0.25
    random: float = 0.25

    def __post_init__(self) -> None:
        shares = astuple(self)
        if not all(0 <= share <= 1 for share in shares) or abs(sum(shares) - 1) > 1e-6:
            shown = ", ".join(f"{share:g}" for share in shares)
            fix = "Give three shares from 0 to 1 that sum to 1"
            raise DataError(f"shares of {shown} do not make a batch", field="shares", fix=fix)

    def counts(self, count: int) -> tuple[int, int, int]:
        """Whole numbers of (margin, diverse, random) picks that sum to `count`."""
        ends = np.round(np.cumsum(astuple(self)) * count).astype(int)
        margin, both, _ = ends.tolist()
        return margin, both - margin, count - both


@dataclass(frozen=True, slots=True)
class Pick:
    """A question for a person: listing number `row`, and a clause or `*` for every clause.

    `sampling_prob` is the probability with which the question came to be asked. `probability`
    is the model's P(violates); for `*`, of the clause nearest to its threshold.
    """

    row: int
    clause: str
    reason: Reason
    sampling_prob: float
    probability: float | None


def pick_batch(
    pool: Pool, vectors: Floats, count: int, shares: Shares | None = None, *, seed: int
) -> list[Pick]:
    """Up to `count` questions: fewer where the pool is small, or a pick has two reasons.

    Margin picks are nearest to their clause's threshold in log-odds (Lewis and Gale, 1994) and
    ask about that clause. Diverse picks are a k-center cover of `vectors` [listings,
    dimensions] (Sener and Savarese, 2018), and like random ones ask about every clause. Only
    the random share depends on `seed`.
    """
    for_margin, for_diverse, for_random = (shares or Shares()).counts(min(count, len(pool)))
    distances = margins(pool)
    nearest = distances.argmin(axis=1) if pool.clauses else np.zeros(len(pool), np.int64)
    certain = nearest_to_threshold(distances, for_margin)
    unlike = k_center(vectors, certain, for_diverse)
    drawn = np.random.default_rng(seed).choice(len(pool), for_random, replace=False)

    def pick(row: int, reason: Reason, sampling_prob: float) -> Pick:
        column = int(nearest[row])
        clause = pool.clauses[column] if reason == "margin" else EVERY
        p = float(pool.probabilities[row, column]) if pool.clauses else np.nan
        return Pick(row, clause, reason, sampling_prob, None if np.isnan(p) else round(p, 5))

    sure = set(unlike.tolist())
    return [
        *(pick(row, "margin", 1.0) for row in certain.tolist()),
        *(pick(row, "diverse", 1.0) for row in unlike.tolist()),
        *(
            pick(r, "random", for_random / len(pool))
            for r in sorted(drawn.tolist())
            if r not in sure
        ),
    ]


def margins(pool: Pool) -> Floats:
    """Distance in log-odds of each probability from its threshold [listings, clauses].

    Infinity where the probability is unknown; a clause without a threshold is most doubtful at
    an even chance.
    """
    thresholds = np.where(np.isfinite(pool.thresholds), pool.thresholds, 0.5)
    distances = np.abs(_log_odds(pool.probabilities) - _log_odds(thresholds))
    return np.where(np.isnan(distances), np.inf, distances).astype(np.float32)


def nearest_to_threshold(distances: Floats, count: int) -> Rows:
    """The `count` listings nearest to a threshold, few of any one clause if others have some.

    A listing without any known probability is near to none and never picked.
    """
    if not distances.size:
        return np.empty(0, np.int64)
    nearest, clause = distances.min(axis=1), distances.argmin(axis=1)
    order = np.argsort(nearest, kind="stable")
    order = order[np.isfinite(nearest[order])]
    rank = np.zeros(len(order), np.int64)
    for column in np.unique(clause[order]):
        own = np.flatnonzero(clause[order] == column)
        rank[own] = np.arange(len(own))
    most = max(1, int(np.ceil(count * MOST_OF_ONE_CLAUSE)))
    first, rest = order[rank < most], order[rank >= most]
    return np.concatenate([first, rest])[:count]


def k_center(vectors: Floats, chosen: Rows, count: int) -> Rows:
    """`count` more rows by the greedy k-center rule: each is the farthest from all before it.

    Within a factor of two of the best cover (Gonzalez, 1985). Where nothing is chosen yet, the
    row farthest from the mean comes first.
    """
    if len(chosen):
        distances = np.min([_squared(vectors, vectors[row]) for row in chosen], axis=0)
    else:
        distances = _squared(vectors, vectors.mean(axis=0)) if len(vectors) else np.empty(0)
    distances[chosen] = -1
    found: list[int] = []
    for _ in range(min(count, len(vectors) - len(chosen))):
        row = int(distances.argmax())
        own = _squared(vectors, vectors[row])
        distances = np.minimum(distances, own) if found or len(chosen) else own
        distances[[row, *found]] = -1
        found.append(row)
    return np.array(found, np.int64)


def _squared(vectors: Floats, centre: Floats) -> Floats:
    return np.asarray(((vectors - centre) ** 2).sum(axis=1), np.float32)


def _log_odds(probability: npt.NDArray[np.floating[Any]]) -> Floats:
    kept = np.clip(probability.astype(np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)
