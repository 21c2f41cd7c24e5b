"""Attacks with HTML: a browser shows the same words."""

from __future__ import annotations

import random

from shelfguard.learn.evaluate.attacks.attack import word_list

INLINE = ("b", "i", "span", "font", "em")


def entities(word: str, rng: random.Random) -> str:
    """Letters as character references: &#107;nife."""
    return "".join(
        rng.choice((f"&#{ord(char)};", f"&#x{ord(char):x};")) if rng.random() < 0.6 else char
        for char in word
    )


def tags(word: str, rng: random.Random) -> str:
    """A tag inside the word: kn<b></b>ife."""
    cut, name = _cut(word, rng), rng.choice(INLINE)
    inside = rng.choice((f"<{name}></{name}>", "<wbr>"))
    return f"{word[:cut]}{inside}{word[cut:]}"


def comments(word: str, rng: random.Random) -> str:
    """A comment inside the word: kn<!-- -->ife."""
    cut = _cut(word, rng)
    return f"{word[:cut]}<!-- {rng.choice(_fillers())} -->{word[cut:]}"


def hidden(word: str, rng: random.Random) -> str:
    """Letters that are not displayed inside the word."""
    cut, style = _cut(word, rng), rng.choice(("display:none", "font-size:0", "display: none"))
    filler = rng.choice(_fillers())
    return f'{word[:cut]}<span style="{style}">{filler}</span>{word[cut:]}'


def _cut(word: str, rng: random.Random) -> int:
    return rng.randrange(1, len(word))


def _fillers() -> list[str]:
    words = word_list("fillers")["en"][0].split()
    return [word for word in words if word.isalpha()]
