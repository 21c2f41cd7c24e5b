"""Checks of a policy pack beyond its schema, one a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from shelfguard.policy.lint import (
    citations,
    costs,
    coverage,
    heads,
    innocents,
    languages,
    leaks,
    model_files,
    picture_clauses,
    reviews,
    thresholds,
    unused,
)
from shelfguard.policy.lint.finding import Finding, LexiconMatcher, Subject
from shelfguard.policy.pack import Pack

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    citations.check,
    reviews.check,
    coverage.check,
    unused.check,
    innocents.check,
    languages.check,
    leaks.check,
    thresholds.check,
    model_files.check,
    picture_clauses.check,
    heads.check,
    costs.check,
)

__all__ = ["CHECKS", "Finding", "LexiconMatcher", "Subject", "lint"]


def lint(
    pack: Pack, *, today: date | None = None, matcher: LexiconMatcher | None = None
) -> list[Finding]:
    """Run every check, errors first. Without a matcher the two lexicon checks find nothing.

    Raises:
        PackError: cases, examples or calibration break their schema.
    """
    subject = Subject(pack, today or date.today(), matcher)
    found = [finding for check in CHECKS for finding in check(subject)]
    return sorted(found, key=lambda f: (f.severity, f.code, str(f.file), f.line or 0, f.message))
