"""Words written around a filter: digits for letters (w0nt) and letters set apart (w o n t)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shelfguard.signals.edits import Edit, apply

_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "€": "e"}
_CLUE = re.compile(
    r"[013457@$!€](?:(?<=[a-z].)[013457@$!€]?[a-z]|(?<=[a-z]{3}0)(?![a-z0-9]))"
    r"|[0$](?<![a-z0-9].)(?=[a-z]{2})"
)
_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@$!€")
_SIGNS = str.maketrans({sign: letter for sign, letter in _LEET.items() if not sign.isdigit()})
_APART = re.compile(
    r"(?<![a-z0-9@$!€])[a-z01345@$!€](?P<gap>[ .*_|·•~-])"
    r"[a-z01345@$!€](?:(?P=gap)[a-z01345@$!€])+(?![a-z0-9])"
)
_ADDRESS = re.compile(r"[a-z0-9.$!€-]*@[a-z0-9-]{2,}\.[a-z]{2}|[a-z0-9-]+\.[a-z]{2,}/")
_ROUNDS = 8


def respellings(text: str) -> Iterator[list[Edit]]:
    """Rounds of edits, each on the result of the one before, until nothing changes."""
    for _ in range(_ROUNDS):
        edits = _joined(text) or _unleeted(text)
        if not edits:
            return
        yield edits
        text = apply(text, edits)


def set_apart(text: str, starts: Iterable[int]) -> Iterator[int]:
    """Which of these places, in reading order, begin a word such as `w.o.r.d` or `w o r d`."""
    last = 0  # the last letter of one run may be the first of another
    for at in starts:
        if at >= last and (match := _APART.match(text, at)):
            last = match.end() - 1
            if _reads(match):
                yield at


def _joined(text: str) -> list[Edit]:
    """Take the gaps out of words that are set apart."""
    found = (m for m in _APART.finditer(text) if _reads(m))
    return [Edit(*m.span(), m[0][::2].translate(_SIGNS)) for m in found]


def _reads(apart: re.Match[str]) -> bool:
    letters, gap = apart[0][::2], apart["gap"]
    plain = sum(char.isalpha() or char in "@$" for char in letters)
    return plain >= (4 if gap == " " else 3) and plain >= 0.6 * len(letters)


def _unleeted(text: str) -> list[Edit]:
    edits: list[Edit] = []
    done = 0
    for clue in _CLUE.finditer(text):
        if clue.start() < done:
            continue
        start, done = _word_around(text, clue.start())
        word = text[start:done]
        plain = unleet(word)
        if plain != word and not _addresses(text, start, done):
            edits.append(Edit(start, done, plain))
    return edits


def _word_around(text: str, at: int) -> tuple[int, int]:
    start, end = at, at + 1
    while start and text[start - 1] in _WORD:
        start -= 1
    while end < len(text) and text[end] in _WORD:
        end += 1
    return start, end


def _addresses(text: str, start: int, end: int) -> bool:
    """Whether the word is part of an e-mail address, a handle or a web address."""
    return _ADDRESS.match(text, start, end + 40) is not None or text[start] == "@"


_MODEL = re.compile(r"[2689]|\d{3}")
_INNER = re.compile(r"(?<=[a-z])(?:[013457@$!€]|00|11|33|\$\$)(?=[a-z])")
_EDGE = re.compile(
    r"^0(?=[a-z]{3,}$)|(?<=^[a-z]{3})0$|(?<=^[a-z]{4})0$|^\$(?!(?:usd?|cad?|can)$)(?=[a-z]{2,}$)"
)
_GRADE = re.compile(r"([a-z]+)[013457](?:[a-z](?<![ds])|(?<![a-z]{3}.)[ds])")
_ONSETS = re.compile(r"[bcfgps]l|[bcdfgptwv]r|[cpstw]h|s[ckmnptw]|kn|tw")
_CLUSTER = re.compile(r"[^aeiouy]{6}")
_VOWEL = re.compile(r"[aeiouy]")


def unleet(word: str) -> str:
    """Read digits and signs inside a word as the letters that they stand for.

    Model numbers, units and grades (psx350h, cat5e, 100mah, h2o) stay as they are: a word
    needs three letters, lone signs between letters, and the build of a word once read.
    """
    if _MODEL.search(word):
        return word
    body = word.rstrip("!")
    plain = _read(body)
    return plain + word[len(body) :] if _reads_as_word(body, plain) else word


def _read(word: str) -> str:
    inner = _INNER.sub(_letters, word)
    if inner == word:
        return _EDGE.sub(_letters, word)
    return re.sub(r"^[0134$](?=[a-z])|(?<=[a-z])[03]$", _letters, inner)


def _letters(sign: re.Match[str]) -> str:
    if "1" not in sign[0]:
        return "".join(_LEET[c] for c in sign[0])
    if len(sign[0]) == 2:
        return "ll"
    around = sign.string[max(sign.start() - 1, 0)] + sign.string[sign.end()]
    return "l" if all(map(_VOWEL.match, around)) else "i"


def _reads_as_word(word: str, plain: str) -> bool:
    if sum(map(str.isalpha, word)) < (2 if word[0] == "$" else 3) or not plain.isalpha():
        return False
    grade = _GRADE.fullmatch(word)
    if grade and not _ONSETS.fullmatch(grade[1]):
        return False
    return bool(_VOWEL.search(plain)) and not _CLUSTER.search(plain)
