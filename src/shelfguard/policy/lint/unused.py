"""A lexicon entry earns its place by matching a violation."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.pack import ANY_LANGUAGE


def check(subject: Subject) -> Iterator[Finding]:
    """Entries found in none of their clause's violating cases and examples."""
    if subject.matcher is None:
        return
    used = {
        (clause, phrase)
        for row, found in subject.matches
        for clause, phrase in found
        if clause in row.violates
    }
    for entry in subject.pack.lexicon:
        # A gazetteer is there for the names that no example has.
        if entry.lang != ANY_LANGUAGE and (entry.clause, entry.phrase) not in used:
            message = f"'{entry.phrase}' is in no violating case or example of its clause"
            fix = "Add an example that needs it, or remove it"
            yield Finding(
                "warning", "lexicon-unused", entry.file, entry.line, entry.clause, message, fix
            )
