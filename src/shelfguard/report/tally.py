"""One pass over a scan's decisions: what the page counts and which listings it shows."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow.compute as pc

from shelfguard.report.folder import ScanFolder, only_flagged

BINS = 20
"""Bars of the probability histogram, each 0.05 wide."""

SAMPLE = 60
"""Flagged listings shown in full."""


COLUMNS = (
    "listing_id",
    "outcome",
    "stage",
    "reasons.list.element.clause",
    "reasons.list.element.probability",
)
"""All that is counted; the decisions to show are read afterwards."""


class Pick(NamedTuple):
    """A flagged listing that may be shown; `key` orders the listings of a clause."""

    key: bytes
    position: int
    clause: str


@dataclass
class Tally:
    """`bins` counts flagged listings by the probability of their first reason."""

    stages: Counter[str] = field(default_factory=Counter)
    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    uncalibrated: int = 0
    flagged: int = 0
    clauses: Counter[str] = field(default_factory=Counter)
    sample: list[Pick] = field(default_factory=list)


def tally(folder: ScanFolder, size: int = SAMPLE) -> Tally:
    """Count the decisions and choose the sample, in memory bounded by clauses x size."""
    result, queues = Tally(), defaultdict[str, list[Pick]](list)
    for batch in folder.decisions(COLUMNS):
        for entry in pc.value_counts(batch.column("stage")).to_pylist():
            result.stages[entry["values"] or ""] += entry["counts"]
        for decision in only_flagged(batch).to_pylist():
            pick = _count(result, decision)
            queue = queues[pick.clause]
            queue.append(pick)
            if len(queue) > 2 * size:
                queue[:] = sorted(queue)[:size]
    result.sample = _stratify(queues, result.clauses, size)
    return result


def _count(result: Tally, decision: dict[str, Any]) -> Pick:
    reasons = decision["reasons"] or [{"clause": "", "probability": None}]
    clause, probability = reasons[0]["clause"], reasons[0]["probability"]
    key = hashlib.sha256(decision["listing_id"].encode()).digest()
    pick = Pick(key, result.flagged, clause)
    result.flagged += 1
    result.clauses[clause] += 1
    if probability is None:
        result.uncalibrated += 1
    else:
        result.bins[min(BINS - 1, int(probability * BINS))] += 1
    return pick


def _stratify(queues: dict[str, list[Pick]], counts: Counter[str], size: int) -> list[Pick]:
    """One of each clause, then a second of each, until full; grouped by clause again."""
    order = sorted(queues, key=lambda clause: (-counts[clause], clause))
    ranked = [
        (rank, place, pick)
        for place, clause in enumerate(order)
        for rank, pick in enumerate(sorted(queues[clause])[:size])
    ]
    chosen = sorted(ranked)[:size]
    return [pick for _, _, pick in sorted(chosen, key=lambda entry: (entry[1], entry[0]))]
