"""Measure a challenger beside the champion: same cases, same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from shelfguard.decision import Decisions
from shelfguard.engine import Engine
from shelfguard.learn.data.corpus import Floats, labels, to_batch
from shelfguard.learn.evaluate.measures import brier, gain, pooled_precision
from shelfguard.learn.evaluate.resampling import Measure, Resamples, bootstrap
from shelfguard.learn.registry.significance import Change
from shelfguard.listing import Batch
from shelfguard.policy.cases import CaseResult, run_cases
from shelfguard.policy.interval import Share
from shelfguard.policy.rows import VIOLATING, Row

TIMED_ROWS, ROUNDS = 64, 3


class AttackRecall(BaseModel):
    """Violations found as written and under attack, as shares, over all attacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clean: float
    attacked: float

    @property
    def kept(self) -> float:
        """The share of clean recall that is left."""
        return self.attacked / self.clean if self.clean else 0.0


Tell = Callable[[str], None]

AttackSuite = Callable[[Engine, Sequence[Row], Tell], AttackRecall | None]
"""Runs every attack over the cases that violate; None where there are none."""


def nobody(_: str) -> None:
    """Progress that nobody watches."""


class Difference(BaseModel):
    """A measure of both, and challenger less champion with its paired 95 % interval."""

    model_config = ConfigDict(frozen=True)

    champion: float
    challenger: float
    low: float
    high: float


class Latency(BaseModel):
    """Milliseconds of processor time a listing."""

    model_config = ConfigDict(frozen=True)

    champion: float
    challenger: float


class GateFigures(BaseModel):
    """What the gates judge. What compares is None where there is no champion."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    changes: list[Change] | None
    average_precision: Difference | None
    brier: Difference | None
    latency: Latency | None
    hard_negative: Share
    benign: Share
    megabytes: float
    attack: AttackRecall | None


class Judged(NamedTuple):
    """One engine over the cases: its verdicts, and its probabilities [cases, clauses]."""

    result: CaseResult
    scores: Floats


def compare(
    challenger: Engine,
    champion: Engine | None,
    rows: Sequence[Row],
    megabytes: float,
    attack_suite: AttackSuite | None = None,
    tell: Tell = nobody,
) -> GateFigures:
    """All figures of a challenger over a pack's cases, `rows`; `tell` hears how far it is."""
    tell(f"deciding {len(rows)} cases with the challenger")
    new = judge(challenger, rows)
    if champion:
        tell("the same with the champion, then resampling and timing both")
    old = champion and judge(champion, rows)
    compared = _compared(new, old, labels(rows, list(challenger.clauses))) if old else {}
    return GateFigures(
        **{"changes": None, "average_precision": None, "brier": None, **compared},
        latency=latency(challenger, champion, rows) if champion else None,
        hard_negative=new.result.share("hard_negative"),
        benign=new.result.share("benign"),
        megabytes=megabytes,
        attack=attack_suite(challenger, rows, tell) if attack_suite else None,
    )


def judge(engine: Engine, rows: Sequence[Row]) -> Judged:
    """Decide the cases blind, and score them; what a model says nothing of scores 0."""
    heard = _Heard(engine)
    result = run_cases(heard, rows, engine.pack.unseen)
    return Judged(result, np.nan_to_num(np.vstack(heard.probabilities)))


class _Heard:
    """An engine whose probabilities are kept while it decides: cases are read only once."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.clauses = engine, engine.clauses
        self.probabilities: list[Floats] = []

    def run(self, batch: Batch) -> Decisions:
        decisions = self._engine.run(batch)
        self.probabilities.append(decisions.probabilities)
        return decisions


def _compared(new: Judged, old: Judged, truth: Floats) -> dict[str, Any]:
    return {
        "changes": changes(new.result, old.result),
        "average_precision": _difference(
            pooled_precision(truth, new.scores), pooled_precision(truth, old.scores), len(truth)
        ),
        "brier": _difference(brier(truth, new.scores), brier(truth, old.scores), len(truth)),
    }


def changes(new: CaseResult, old: CaseResult) -> list[Change]:
    """By clause, the violations that only one of the two found under the right clause."""
    before, after = _hits(old), _hits(new)
    found = []
    for clause in sorted({clause for _, clause in before}):
        pairs = [(before[key], after[key]) for key in before if key[1] == clause]
        was, now = (sum(side) for side in zip(*pairs, strict=True))
        lost = sum(old and not new for old, new in pairs)
        found.append(Change(clause, len(pairs), was, now, lost, lost + now - was))
    return found


def latency(challenger: Engine, champion: Engine, rows: Sequence[Row]) -> Latency:
    """Both on the same cases in turns, the fastest of some rounds each.

    Processor time, so that other work on the machine counts little.
    """
    batch = to_batch(rows[:: max(len(rows) // TIMED_ROWS, 1)])
    fastest = {champion: np.inf, challenger: np.inf}
    for _ in range(ROUNDS):
        for engine in fastest:
            started = time.process_time()
            engine.run(batch)
            fastest[engine] = min(fastest[engine], time.process_time() - started)
    ms = {engine: 1000 * seconds / len(batch) for engine, seconds in fastest.items()}
    return Latency(champion=ms[champion], challenger=ms[challenger])


def _hits(result: CaseResult) -> dict[tuple[str, str], bool]:
    return {
        (verdict.row.id, verdict.clause): verdict.hit
        for verdict in result.verdicts
        if verdict.row.kind in VIOLATING and verdict.clause
    }


def _difference(new: Measure, old: Measure, count: int) -> Difference:
    rows = Resamples.of_rows(count)
    less = bootstrap(gain(new, old), rows)
    return Difference(
        champion=old(rows.weights), challenger=new(rows.weights), low=less.low, high=less.high
    )
