"""Listings that say nearly the same should be labelled the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import Origin

IDENTITY = ("id", "source", "identifiers", "seller")
"""The columns in which two listings of the same content may differ."""


def check(subject: Subject) -> Iterator[Finding]:
    """Near-duplicates of which one violates a clause and the other does not, clause by clause.

    Authors write legal twins of violating listings on purpose: two written rows contradict each
    other only where their whole content is the same.
    """
    found: dict[str, list[int]] = {}
    for a, b, _ in subject.pairs:
        columns = np.flatnonzero(subject.contradicted(a, b)).tolist()
        if columns and (_a_real_one(subject, a, b) or _same_content(subject, a, b)):
            for column in columns:
                found.setdefault(subject.dataset.clauses[column], []).extend((a, b))
    for clause, rows in sorted(found.items()):
        count = len(rows) // 2
        message = f"{count:,} pairs of near-duplicates have opposite labels"
        fix, named = "Review both of each pair", subject.named(rows)
        yield Finding("warning", "contradiction", message, fix, count, clause, named)


def _a_real_one(subject: Subject, a: int, b: int) -> bool:
    origins = subject.dataset.everything.rows.column("origin")
    return Origin.REAL in (origins[a].as_py(), origins[b].as_py())


def _same_content(subject: Subject, a: int, b: int) -> bool:
    one, other = (_content(subject, place) for place in (a, b))
    return one == other


def _content(subject: Subject, place: int) -> dict[str, Any]:
    (record,) = subject.dataset.everything.batch.slice(place, 1).records()
    return {name: value for name, value in record.items() if name not in IDENTITY}
