"""Sellers and reviewers read every clause in every language of the pack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.pack import Words

NOT_LANGUAGES = ("dsa",)
"""Fields of the same type whose keys are not languages."""


def check(subject: Subject) -> Iterator[Finding]:
    """Words without one of the pack's languages, and lexicons in some languages only."""
    pack = subject.pack
    for field, lang in _missing(pack.manifest, pack.manifest.languages):
        file, line = subject.at("pack.yaml", (field,))
        yield _finding(None, field, lang, file, line)
    for clause in pack.clauses.values():
        for field, lang in _missing(clause, pack.manifest.languages):
            file, line = subject.at_clause(clause.id, field)
            yield _finding(clause.id, field, lang, file, line)
    yield from _lexicons(subject)


def _finding(clause: str | None, field: str, lang: str, file: Path, line: int) -> Finding:
    message = f"{field} has no text in '{lang}'"
    return Finding("error", "language", file, line, clause, message, f"Add {field}.{lang}")


def _missing(model: BaseModel, languages: list[str]) -> Iterator[tuple[str, str]]:
    """(field, language) of every text that is not there."""
    for name, field in type(model).model_fields.items():
        if field.annotation == Words and name not in NOT_LANGUAGES:
            words = getattr(model, name)
            yield from ((name, lang) for lang in languages if not words.get(lang, "").strip())


def _lexicons(subject: Subject) -> Iterator[Finding]:
    pairs = {(entry.clause, entry.lang): entry.file for entry in subject.pack.lexicon}
    for clause in sorted({clause for clause, _ in pairs}):
        for lang in subject.pack.manifest.languages:
            if (clause, lang) not in pairs:
                file = subject.pack.root / f"lexicons/{clause}.{lang}.txt"
                message = f"has a lexicon, but none in '{lang}'"
                yield Finding("warning", "language", file, None, clause, message, "Add the file")
