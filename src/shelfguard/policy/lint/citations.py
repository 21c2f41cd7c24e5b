"""Every clause of law cites it; a house rule need not."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Clauses without a citation."""
    for clause in subject.pack.clauses.values():
        if not clause.cite and clause.checked != "house":
            file, line = subject.at_clause(clause.id, "cite")
            fix = "Cite the instrument and provision, or set 'checked: house'"
            yield Finding("error", "citation", file, line, clause.id, "cites nothing", fix)
