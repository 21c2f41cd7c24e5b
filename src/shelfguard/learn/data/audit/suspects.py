"""Labels that models which have not learned from them hold to be wrong."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.labels.suspects import find_suspects


def check(subject: Subject) -> Iterator[Finding]:
    """Probable label errors, clause by clause; nothing where no probabilities were given."""
    if subject.probabilities is None:
        return
    found: dict[str, list[str]] = {}
    for suspect in find_suspects(subject.dataset.everything, subject.probabilities):
        found.setdefault(suspect.clause, []).append(suspect.content_hash)
    for clause, rows in sorted(found.items()):
        message, fix = f"{len(rows):,} labels are probably wrong", "Review them again"
        shown = tuple(rows[:5])
        yield Finding("warning", "suspect-labels", message, fix, len(rows), clause, shown)
