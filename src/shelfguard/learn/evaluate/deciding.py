"""What a model that decides makes of listings: right, flagged, how, at what stage and price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.decision import Outcome
from shelfguard.learn.evaluate.measures import ratio
from shelfguard.learn.evaluate.resampling import Estimate, bootstrap, draws, estimates
from shelfguard.learn.evaluate.subject import Subject
from shelfguard.policy.rows import VIOLATING

Flags = npt.NDArray[np.bool_]

MILLION = 1_000_000
MICROSECONDS_AN_HOUR = 3600 * MILLION


def deciding(subject: Subject, prices: Mapping[str, float]) -> dict[str, Any] | None:
    """All figures of the decisions; None for a model that makes none."""
    decisions = subject.judgement.decisions
    if decisions is None:
        return None
    table = decisions.table
    return {
        "outcomes": dict(Counter(table.column("outcome").to_pylist())),
        "degraded": sum(map(bool, table.column("degraded").to_pylist())),
        "kinds": kinds(subject),
        "stages": stages(subject, prices),
        "cost": cost(subject),
    }


def kinds(subject: Subject) -> dict[str, dict[str, Any]]:
    """By kind and language: violations decided under the right clause, or innocents flagged."""
    right, flagged = _hits(subject)
    violations, ones = (subject.truth == 1).sum(axis=1), np.ones(len(subject.part))
    langs = np.array(subject.part.column("lang"), object)
    found: dict[str, dict[str, Any]] = {}
    for kind in dict.fromkeys(subject.kinds.tolist()):
        part, whole = (right, violations) if kind in VIOLATING else (flagged, ones)
        found[kind] = {
            lang or "all": _share(subject, part, whole, mask)
            for lang in [None, *sorted(set(langs))]
            if (mask := (subject.kinds == kind) & ((langs == lang) | (lang is None))).any()
        }
    return found


def stages(subject: Subject, prices: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """By stage, in order: the share of listings that reach it and that it settles, and its cost."""
    decisions = subject.judgement.decisions
    assert decisions is not None
    order = list(decisions.rows)
    places = {stage: number for number, stage in enumerate(order)}
    last = np.array([places.get(s, -1) for s in decisions.table.column("stage").to_pylist()], int)
    found = {}
    for number, stage in enumerate(order):
        price = prices.get(stage)
        reached = _share_of(subject, last >= number)
        found[stage] = {
            "reached": reached,
            "settled": _share_of(subject, last == number),
            "price": price,
            "core_hours_per_million": None
            if price is None
            else tuple(_hours(price * value) for value in reached),
            "measured_ms": 1000 * decisions.seconds[stage] / max(decisions.rows[stage], 1),
        }
    return found


def _share_of(subject: Subject, mask: Flags) -> Estimate:
    return bootstrap(ratio(mask.astype(float), np.ones(len(mask))), subject.resamples)


def cost(subject: Subject) -> dict[str, Any]:
    """The priced cost of deciding a million such listings, in hours of one core."""
    decisions = subject.judgement.decisions
    assert decisions is not None
    micros = decisions.table.column("cost").to_numpy()
    estimate = bootstrap(ratio(micros, np.ones(len(micros))), subject.resamples)
    return {"core_hours_per_million": tuple(_hours(value) for value in estimate)}


def _hours(micros: float) -> float:
    """Microseconds a listing as hours of one core a million listings."""
    return micros * MILLION / MICROSECONDS_AN_HOUR


def _hits(subject: Subject) -> tuple[npt.NDArray[Any], Flags]:
    """Violations decided under the right clause, [rows], and whether a row is flagged at all."""
    decisions = subject.judgement.decisions
    assert decisions is not None
    table, columns = decisions.table, {c: n for n, c in enumerate(subject.part.clauses)}
    named = np.zeros(subject.truth.shape, bool)
    for row, reasons in enumerate(table.column("reasons").to_pylist()):
        for reason in reasons or ():
            if reason["clause"] in columns:
                named[row, columns[reason["clause"]]] = True
    outcomes = np.array(table.column("outcome").to_pylist(), object)
    flagged = outcomes != Outcome.ALLOW.value
    right = (named & (subject.truth == 1)).sum(axis=1) * flagged
    return right, flagged


def _share(
    subject: Subject, part: npt.NDArray[Any], whole: npt.NDArray[Any], mask: Flags
) -> dict[str, Any]:
    measure = ratio((part * mask)[:, None], (whole * mask)[:, None])
    (estimate,) = estimates(draws(measure, subject.resamples))
    return {"n": int((whole * mask).sum()), "hits": int((part * mask).sum()), "share": estimate}
