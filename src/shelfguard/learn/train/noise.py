"""Writing as people mistype it, and telling words among others that tell nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from shelfguard.learn.data.dataset import Origin, Part

MISTYPED = 0.12
JOINED = 0.25
"""The share of words that are mistyped, and of gaps that are closed, where there are any."""

SHORTEST = 4
"""Shorter words are left alone: a letter less makes other words of them."""


def mistype(text: str, rng: random.Random) -> str:
    """Some words with two letters swapped, one missing, one doubled or one replaced."""
    words = text.split(" ")
    return " ".join(
        _mistyped(word, rng) if len(word) >= SHORTEST and rng.random() < MISTYPED else word
        for word in words
    )


def _mistyped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return rng.choice(
        (
            before + after[:1] + letter + after[1:],
            before + after,
            before + 2 * letter + after,
            before + rng.choice(word) + after,
        )
    )


def join_words(text: str, rng: random.Random) -> str:
    """Some words run together."""
    first, *others = text.split(" ")
    return first + "".join(("" if rng.random() < JOINED else " ") + word for word in others)


def dilute(text: str, sentences: Sequence[str], rng: random.Random) -> str:
    """The text after at most two of these sentences and before at most three, if there are any."""
    if not sentences:
        return text
    before = [rng.choice(sentences) for _ in range(rng.randint(0, 2))]
    after = [rng.choice(sentences) for _ in range(rng.randint(0, 3))]
    return " ".join(filter(None, (*before, text, *after)))


def innocent_sentences(part: Part) -> dict[str, list[str]]:
    """Sentences by language, of the descriptions of written rows that are near no clause."""
    innocent = (part.targets == 0).all(axis=1)
    rows = zip(innocent, part.column("near"), part.column("origin"), strict=True)
    plain = [
        row
        for row, (is_innocent, near, origin) in enumerate(rows)
        if is_innocent and near is None and origin == Origin.WRITTEN
    ]
    sentences: dict[str, list[str]] = {}
    for record in part.take(np.array(plain, np.int64)).batch.records():
        for lang, text in (record.get("description") or {}).items():
            sentences.setdefault(lang, []).extend(f"{s.rstrip('.')}." for s in text.split(". "))
    return sentences
