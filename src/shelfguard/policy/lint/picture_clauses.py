"""What a pack says of pictures speaks of clauses that it has."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Rules and fusions of clauses that are not in the pack: they would never decide anything."""
    pictures = subject.pack.manifest.pictures
    if pictures is None:
        return
    named = [("rules", name, clause) for name, clause in pictures.rules.items()]
    named += [("fusion", clause, clause) for clause in pictures.fusion]
    for section, name, clause in named:
        if clause not in subject.pack.clauses:
            file, line = subject.at("pack.yaml", ("pictures", section, name))
            message = f"no clause is called '{clause}'"
            fix = "Name a clause of this pack, or remove the line"
            yield Finding("error", "picture-clause", file, line, None, message, fix)
