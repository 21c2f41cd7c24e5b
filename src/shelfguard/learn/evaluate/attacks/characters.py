"""Attacks on the letters of telling words."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from shelfguard.learn.evaluate.attacks.attack import WordChange, word_list

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
SPLITTERS = ".-_*|/·~"
ACCENTS = "\u0300\u0301\u0302\u0308\u030a\u0323"
OFTEN = 0.4
"""The share of letters replaced; with more of them, people no longer read the word."""


def homoglyph(word: str, rng: random.Random) -> str:
    """Letters of other scripts that look the same."""
    return _replaced(word, word_list("characters")["homoglyphs"], rng)


def leet(word: str, rng: random.Random) -> str:
    """Digits and signs for letters: kn1f3."""
    return _replaced(word, word_list("characters")["leet"], rng)


def spacing(word: str, rng: random.Random) -> str:
    """Letters set apart, words further still: p u s h  d a g g e r."""
    return f" {' '.join(word)} "


def zero_width(word: str, rng: random.Random) -> str:
    """Characters that nobody sees between the letters."""
    return word[0] + "".join(rng.choice(INVISIBLE) + char for char in word[1:])


def punctuation(word: str, rng: random.Random) -> str:
    """A sign between all letters or at one place: k.n.i.f.e, kn*ife."""
    sign = rng.choice(SPLITTERS)
    if rng.random() < 0.5:
        return sign.join(word)
    cut = rng.randrange(1, len(word))
    return f"{word[:cut]}{sign}{word[cut:]}"


def case(word: str, rng: random.Random) -> str:
    """Capitals at random: kNiFe."""
    return "".join(rng.choice((char.lower(), char.upper())) for char in word)


def accents_stripped(word: str, rng: random.Random) -> str:
    """é as e, as many type."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def accents_added(word: str, rng: random.Random) -> str:
    """Accents where there are none: knífe."""
    marked = [
        char + rng.choice(ACCENTS) if char.isascii() and char.isalpha() and one else char
        for char in word
        for one in [rng.random() < OFTEN]
    ]
    return unicodedata.normalize("NFC", "".join(marked))


def typo(word: str, rng: random.Random) -> str:
    """One slip: a letter dropped, doubled, swapped, or its neighbour on the keyboard."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    before, char, after = word[:at], word[at], word[at + 1 :]
    neighbours = word_list("characters")["keyboard"].get(char.lower(), char)
    slips = (after, char * 2 + after, after[0] + char + after[1:], rng.choice(neighbours) + after)
    return before + rng.choice(slips)


def held_out_homoglyph(file: Path) -> WordChange:
    """Homoglyphs of a table that nobody here has looked at: a line a letter, codes in hex."""
    table: dict[str, str] = {}
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            characters = [chr(int(code, 16)) for code in line.split(",")]
            plain = next((c for c in characters if c.isascii() and c.isalpha()), None)
            alike = "".join(c for c in characters if c.isalpha() and not c.isascii())
            if plain and alike:
                table.setdefault(plain.lower(), alike)
    return lambda word, rng: _replaced(word, table, rng)


def _replaced(word: str, table: Mapping[str, str], rng: random.Random) -> str:
    """Most of the letters that the table knows replaced, one at the least."""
    places = [at for at, char in enumerate(word) if char.lower() in table]
    if not places:
        return word
    chosen = {at for at in places if rng.random() < OFTEN} or {rng.choice(places)}
    return "".join(
        rng.choice(table[char.lower()]) if at in chosen else char for at, char in enumerate(word)
    )
