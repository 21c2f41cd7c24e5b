"""A clause acts alone only where data supports its goal."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.calibration import FILE, Thresholds
from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.pack import Clause


def check(subject: Subject) -> Iterator[Finding]:
    """Thresholds that the data could not support, or that were solved for other goals."""
    solved = subject.calibration.clauses if subject.calibration else {}
    for clause in subject.pack.clauses.values():
        if thresholds := solved.get(clause.id):
            yield from _unsupported(subject, clause, thresholds)
            yield from _stale(subject, clause, thresholds)


def _unsupported(subject: Subject, clause: Clause, thresholds: Thresholds) -> Iterator[Finding]:
    for name, threshold in (("act", thresholds.act), ("review", thresholds.review)):
        if not threshold.supported:
            file, line = subject.at_clause(clause.id, "goals", name)
            message = f"goal '{name}' is not supported: {threshold.reason or 'no reason given'}"
            fix = "Add labelled rows, or lower the goal; until then it falls back to review"
            yield Finding("warning", "threshold", file, line, clause.id, message, fix)


def _stale(subject: Subject, clause: Clause, thresholds: Thresholds) -> Iterator[Finding]:
    for name in thresholds.stale(clause):
        file, line = subject.at_clause(clause.id, "goals", name)
        message = f"goal '{name}' is not the one that {FILE} was solved for"
        fix = "Run the calibrator again"
        yield Finding("error", "threshold", file, line, clause.id, message, fix)
