"""Where folded text may hold respelt words: a fast scan, with false alarms."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from shelfguard.signals.respell import set_apart

_KINDS = bytearray(b" ") * 256
for _chars in (b"abcdefghijklmnopqrstuvwxyz", b"2689", b"13457", b"0", b"$", b"@", b"!"):
    for _code in _chars:
        _KINDS[_code] = _chars[0]
"""A character's kind, named by the first of its own: letters, digits, signs that are read."""

_RESPELT = re.compile(
    rb"[10$@!](?:(?<=a.)(?:a(?:(?<=[^ ]a.a)|(?=[^ ]))|[10$@!]a)"
    rb"|(?<=[0$])(?:(?<![a210].)(?=aa)|(?<=aa.)(?![a210])))"
)
"""A sign between letters, or a 0 or $ at the edge of a word."""

_LETTERS = bytes.maketrans(b"210!$@a", b"2222aaa")
_APART = re.compile(rb" a(?= [a2] [a2])")
"""What may be a letter, alone with two others behind it."""


def clues(text: str) -> list[int]:
    """Positions beside which a word may be respelt, in no particular order.

    Letters must be in lower case.
    """
    kinds = f" {text} ".replace("€", "!").encode("ascii", "replace").translate(_KINDS)
    signs = [match.start() - 1 for match in _RESPELT.finditer(kinds)]
    apart = (match.start() for match in _APART.finditer(kinds.translate(_LETTERS)))
    return [*signs, *set_apart(text, apart)]


def rows(text: str, positions: Sequence[int], between: str) -> list[int]:
    """Which parts of a joined text the positions lie in."""
    if not positions:
        return []
    shape = np.frombuffer(text.encode("ascii", "replace"), np.uint8)
    borders = np.flatnonzero(shape == ord(between))
    found: list[int] = np.unique(np.searchsorted(borders, positions)).tolist()
    return found
