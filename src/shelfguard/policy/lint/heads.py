"""A clause that reads text needs a model that was trained for it."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.calibration import FILE
from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Clauses with the signal `text` that no model has a head for."""
    calibration = subject.calibration
    if calibration is None:
        message = "no calibration: no clause has a text model or a threshold"
        fix = "Train and calibrate the pack's models"
        yield Finding("warning", "head", subject.pack.root / FILE, None, None, message, fix)
        return
    for clause in subject.pack.clauses.values():
        if "text" in clause.signals and clause.id not in calibration.clauses:
            file, line = subject.at_clause(clause.id, "signals")
            message = "reads text, but no model has a head for it"
            fix = "Train a head, or take 'text' out of its signals"
            yield Finding("error", "head", file, line, clause.id, message, fix)
