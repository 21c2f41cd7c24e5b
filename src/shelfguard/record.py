"""The decision record: verdicts of a batch as a table of DECISION_SCHEMA."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.decision import (
    DECISION_SCHEMA,
    Evidence,
    Mode,
    Outcome,
    Reason,
    RunLengths,
    SeenPicture,
)
from shelfguard.listing import Batch


@dataclass(frozen=True)
class Context:
    """What all decisions of an engine share.

    `pack` is the pack's label, `models` the SHA-256 of each model file by name, `costs`
    microseconds of one core by stage.
    """

    pack: str
    models: Mapping[str, str]
    mode: Mode
    costs: Mapping[str, float]
    market: str | None = None

    @cached_property
    def digest(self) -> str:
        """One digest over all model files."""
        named = "\n".join(f"{name} {sha}" for name, sha in sorted(self.models.items()))
        return hashlib.sha256(named.encode()).hexdigest()

    @cached_property
    def salt(self) -> str:
        """What goes into the id of every decision."""
        return f"{self.pack}\n{self.digest}\n{self.mode}\n{self.market or ''}\n"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one listing; `degraded` names what could not judge, and why."""

    outcome: Outcome
    reasons: list[Reason]
    degraded: list[str]


ALLOWED = Verdict(Outcome.ALLOW, [], [])


@dataclass(frozen=True, slots=True)
class Stages:
    """Which stages each listing went through: all of `common`, then later ones for some.

    `later` names the rows that each later stage read, in the order of the stages; `looks` says
    how often each detector looked at pictures of a row; `left_out` names the rows that a stage
    would have read, had the caller not gone without it.
    """

    common: tuple[str, ...]
    later: dict[str, frozenset[int]]
    looks: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    left_out: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def settled_by(self, row: int) -> str:
        """The stage after which nothing was left open."""
        later = (stage for stage, rows in reversed(self.later.items()) if row in rows)
        return next(later, self.common[-1])

    def unasked(self, row: int) -> tuple[str, ...]:
        """The stages that would have read a row and were left out."""
        return tuple(stage for stage, rows in self.left_out.items() if row in rows)


_COLUMNS = tuple(DECISION_SCHEMA.names)

Pictures = Mapping[int, Sequence[SeenPicture]]
"""The pictures that were looked at, by row."""


def decision_table(
    batch: Batch,
    verdicts: Mapping[int, Verdict],
    pictures: Pictures,
    stages: Stages,
    context: Context,
    ms: float,
) -> pa.Table:
    """A table of DECISION_SCHEMA, one row a listing in the batch's order.

    `verdicts` go by row; a listing without one is allowed. `ms` is the time that the whole
    batch took, in milliseconds, and is spread evenly over its listings.
    """
    count = len(batch)
    rows = [verdicts.get(row, ALLOWED) for row in range(count)]
    hashes = batch.content_hashes()
    _, uri, number, _ = batch.columns["source"].flatten()
    columns = {
        "id": [
            _id(context.salt, content, pictures.get(row, ()), stages.unasked(row))
            for row, content in enumerate(hashes)
        ],
        "listing_id": batch.columns["id"],
        "content_hash": hashes,
        "source_uri": uri,
        "source_row": number,
        "pack": _constant(context.pack, count),
        "models": _constant(context.digest, count),
        "outcome": [verdict.outcome.value for verdict in rows],
        "reasons": _lists("reasons", [list(map(_reason, v.reasons)) for v in rows]),
        "stage": [stages.settled_by(row) for row in range(count)],
        "cost": _costs(stages, context.costs, count),
        "mode": _constant(context.mode, count),
        "degraded": _lists("degraded", [verdict.degraded for verdict in rows]),
        "pictures": _lists(
            "pictures", [list(map(_fields, pictures.get(row, ()))) for row in range(count)]
        ),
        "decided_at": [datetime.now(UTC)] * count,
        "ms": np.full(count, ms / max(count, 1), np.float32),
    }
    return pa.Table.from_arrays([columns[name] for name in _COLUMNS], schema=DECISION_SCHEMA)


def _id(salt: str, content: str, pictures: Sequence[SeenPicture], unasked: Sequence[str]) -> str:
    """The id of a decision: the same for the same listing and pictures under the same rules."""
    seen = "".join(f"\n{picture.sha256 or picture.failure}" for picture in pictures)
    without = "".join(f"\nwithout {stage}" for stage in unasked)
    return hashlib.sha256(f"{salt}{content}{seen}{without}".encode()).hexdigest()[:32]


def _costs(stages: Stages, prices: Mapping[str, float], count: int) -> npt.NDArray[np.float64]:
    """Microseconds of one core by listing; a stage without a price costs nothing."""
    common = sum(prices.get(stage, 0.0) for stage in stages.common)
    costs = np.full(count, common)
    for stage, rows in stages.later.items():
        costs[list(rows)] += prices.get(stage, 0.0)
    for row, looks in stages.looks.items():
        costs[row] += sum(times * prices.get(name, 0.0) for name, times in looks.items())
    return costs


@lru_cache(maxsize=32)
def _constant(value: str, count: int) -> pa.Array:
    """A text column of one value; the same ones come again and again."""
    return pa.array([value] * count, pa.string())


def _lists(column: str, rows: Sequence[Sequence[Any]]) -> pa.Array:
    """A list column of the schema; few batches of one listing have anything in it."""
    if not any(rows):
        return _empty_lists(column, len(rows))
    return pa.array(rows, DECISION_SCHEMA.field(column).type)


@lru_cache(maxsize=32)
def _empty_lists(column: str, count: int) -> pa.Array:
    """To build a nested type anew has its price, even without any value."""
    return pa.array([[]] * count, DECISION_SCHEMA.field(column).type)


def _reason(reason: Reason) -> dict[str, Any]:
    return _fields(reason) | {"evidence": list(map(_evidence, reason.evidence))}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    mask = evidence.mask
    return _fields(evidence) | {"mask": mask and _fields(mask)}


def _fields(found: Reason | Evidence | RunLengths | SeenPicture) -> dict[str, Any]:
    """Fields by name, as they are: `dataclasses.asdict` would copy every value."""
    return {name: getattr(found, name) for name in found.__slots__}
