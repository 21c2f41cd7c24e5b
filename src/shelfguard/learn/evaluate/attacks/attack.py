"""The contract of an attack, and what attacks share: which words to hit, in which texts."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import yaml

from shelfguard.listing import Record

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
SHORTEST = 3
"""Shorter words are left alone: they tell nothing, and a disguise would only hurt reading."""


class Rewrite(Protocol):
    """Rewrites one listing. The same listing, words and random state give the same result."""

    def __call__(self, record: Record, words: frozenset[str], rng: random.Random) -> Record: ...


@dataclass(frozen=True, slots=True)
class Attack:
    """A named way to disguise a listing. `about` is for readers of a report."""

    name: str
    about: str
    rewrite: Rewrite

    def __call__(self, record: Record, words: frozenset[str], seed: int = 0) -> Record:
        """The listing, attacked; `words` are the plain words that give it away.

        Every listing has its own random state, so that it does not matter what else is attacked.
        A title is never emptied.
        """
        state = f"{seed}:{self.name}:{record['id']}"
        rng = random.Random(state)  # noqa: S311 (a reproducible draw, no secret)
        changed = self.rewrite(record, words, rng)
        shown = "".join(changed["title"].values()).strip()
        return changed if shown else {**changed, "title": record["title"]}


TextChange = Callable[[str, str], str]
"""(text, language tag) -> the text rewritten"""

WordChange = Callable[[str, random.Random], str]


def rewritten(record: Record, change: TextChange) -> Record:
    """The listing with every text that a seller writes freely changed."""
    changed = dict(record)
    for name in ("title", "description"):
        if record.get(name):
            changed[name] = {lang: change(text, lang) for lang, text in record[name].items()}
    if record.get("bullets"):
        changed["bullets"] = {
            lang: [change(text, lang) for text in texts]
            for lang, texts in record["bullets"].items()
        }
    if record.get("attributes"):
        changed["attributes"] = {
            name: change(text, "und") if text else text
            for name, text in record["attributes"].items()
        }
    return changed


def on_words(change: WordChange) -> Rewrite:
    """A rewrite that changes each telling word by itself."""

    def rewrite(record: Record, words: frozenset[str], rng: random.Random) -> Record:
        def changed(match: re.Match[str]) -> str:
            return change(match[0], rng) if is_telling(match[0], words) else match[0]

        return rewritten(record, lambda text, _: WORD.sub(changed, text))

    return rewrite


def is_telling(word: str, words: frozenset[str]) -> bool:
    """Whether a word, or a part of a hyphenated one, is among the plain words."""
    if len(word) < SHORTEST:
        return False
    return any(plain(part) in words for part in (word, *re.split(r"['’-]", word)) if part)


def plain(word: str) -> str:
    """Lower case without accents: how words are compared."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def word_list(name: str) -> dict[str, Any]:
    """One of the lists that attacks draw from."""
    text = files(__package__).joinpath("lists", f"{name}.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
