"""What a pack says of pictures speaks of clauses that it has."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Rules that name no clause of the pack: they would never decide anything."""
    pictures = subject.pack.manifest.pictures
    for name, clause in pictures.rules.items() if pictures else ():
        if clause not in subject.pack.clauses:
            file, line = subject.at("pack.yaml", ("pictures", "rules", name))
            message = f"no clause is called '{clause}'"
            fix = "Name a clause of this pack, or remove the line"
            yield Finding("error", "picture-clause", file, line, None, message, fix)
