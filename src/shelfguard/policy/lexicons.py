"""Lexicon files: one phrase a line, with negative contexts and weak phrases marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shelfguard.errors import PackError
from shelfguard.policy.document import read_text
from shelfguard.policy.pack import ANY_LANGUAGE, LexiconEntry, NegativeContext

CONTEXTS = "contexts"
COMMENT = re.compile(r"^\s*#.*|\s#(\s.*)?$")
NAME = re.compile(r"(?P<clause>[^.]+)\.(?P<lang>[a-z]{2,3})\.txt")


def read_lexicon(
    file: Path, clauses: set[str], languages: list[str], problems: list[PackError]
) -> list[LexiconEntry | NegativeContext]:
    """The lines of `CLAUSE-ID.LANG.txt`, or of the pack-wide `contexts.LANG.txt`.

    LANG is a language of the pack, or `mul` for names that no language changes. Lines without a
    phrase go to `problems`.

    Raises:
        PackError: the name is of neither form, or names a clause or language not in the pack.
    """
    name = NAME.fullmatch(file.name)
    if not name:
        fix = "Name it CLAUSE-ID.LANG.txt, or contexts.LANG.txt"
        raise PackError("not a lexicon name", file=file, fix=fix)
    clause, lang = name["clause"], name["lang"]
    if lang not in (*languages, ANY_LANGUAGE):
        fix = f"pack.yaml has {', '.join(languages)}; {ANY_LANGUAGE} holds names of any language"
        raise PackError(f"language '{lang}' is not in the pack", file=file, fix=fix)
    if clause == CONTEXTS:
        lines = _lines(file, problems)
        return [NegativeContext(None, lang, text, file, n) for n, text in lines]
    if clause not in clauses:
        fix = f"Add clauses/{clause}.yaml or remove this file"
        raise PackError(f"no clause {clause} in the pack", file=file, fix=fix)
    return [_entry(clause, lang, text, file, n) for n, text in _lines(file, problems)]


def _lines(file: Path, problems: list[PackError]) -> Iterator[tuple[int, str]]:
    """(line number, text) of every line with content, comments taken off."""
    for number, line in enumerate(read_text(file).splitlines(), 1):
        text = (COMMENT.sub("", line) if "#" in line else line).strip()
        if text.strip("!~ "):
            yield number, text
        elif text:
            problem = f"'{text}' marks no phrase"
            problems.append(PackError(problem, file=file, line=number, fix="Remove it"))


def _entry(
    clause: str, lang: str, text: str, file: Path, line: int
) -> LexiconEntry | NegativeContext:
    if text.startswith("!"):
        return NegativeContext(clause, lang, text[1:].strip(), file, line)
    phrase = text.removesuffix("~").rstrip()
    return LexiconEntry(clause, lang, phrase, file, line, weak=phrase != text)
