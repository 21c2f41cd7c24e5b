"""Law changes: a clause must be read again in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Clauses whose review is overdue."""
    every = timedelta(days=subject.pack.manifest.review_every_days)
    for clause in subject.pack.clauses.values():
        due = clause.reviewed + every
        if due < subject.today:
            file, line = subject.at_clause(clause.id, "reviewed")
            message = f"review was due on {due}"
            fix = "Read the sources again and set 'reviewed' to that day"
            yield Finding("warning", "review", file, line, clause.id, message, fix)
