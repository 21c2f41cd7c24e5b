"""Where folded text may hold respelt words: a scan at memory speed, with false alarms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LETTER, _DIGIT, _LEET, _ZERO, _DOLLAR, _SIGN, _OTHER = range(7)
"""Kinds of characters, ordered so that one comparison tells signs and word borders."""

_KINDS = bytearray([_OTHER]) * 256
for _kind, _chars in (
    (_LETTER, b"abcdefghijklmnopqrstuvwxyz"),
    (_DIGIT, b"2689"),
    (_LEET, b"13457"),
    (_ZERO, b"0"),
    (_DOLLAR, b"$"),
    (_SIGN, b"@!?"),
):
    for _code in _chars:
        _KINDS[_code] = _kind

_MARGIN = 4
Positions = npt.NDArray[np.intp]


def clues(text: str) -> Positions:
    """Positions beside which a word may be respelt, in no particular order.

    Letters must be in lower case; a character outside ASCII counts as a sign.
    """
    margin = " " * _MARGIN
    shape = f"{margin}{text}{margin}".encode("ascii", "replace").translate(_KINDS)
    kinds = np.frombuffer(shape, np.uint8)
    return np.concatenate((_signs(kinds), _apart(kinds))) - _MARGIN


def _signs(kinds: npt.NDArray[np.uint8]) -> Positions:
    """Signs between letters, or a 0 or $ at the edge of a word."""
    found = np.flatnonzero((kinds - np.uint8(_LEET)) <= _SIGN - _LEET)
    two_before, before, sign, after, two_after = (kinds[found + step] for step in range(-2, 3))
    next_sign = (after >= _LEET) & (after <= _SIGN)
    inside = (before == _LETTER) & (
        ((after == _LETTER) & ((two_before < _OTHER) | (two_after < _OTHER)))
        | (next_sign & (two_after == _LETTER))
    )
    at_edge = ((sign == _ZERO) | (sign == _DOLLAR)) & (
        ((before >= _DOLLAR) & (after == _LETTER) & (two_after == _LETTER))
        | ((before == _LETTER) & (two_before == _LETTER) & (after >= _DOLLAR))
    )
    return np.asarray(found[inside | at_edge], np.intp)


def _apart(kinds: npt.NDArray[np.uint8]) -> Positions:
    """Single letters with another one beside them."""
    border = kinds >= _DOLLAR
    alone = 1 + np.flatnonzero((kinds[1:-1] == _LETTER) & border[:-2] & border[2:])
    neighbour = (kinds[alone + 2] == _LETTER) & border[alone + 3]
    return np.asarray(alone[neighbour], np.intp)


def rows(text: str, positions: Positions, between: str) -> list[int]:
    """Which parts of a joined text the positions lie in."""
    if not len(positions):
        return []
    shape = np.frombuffer(text.encode("ascii", "replace"), np.uint8)
    borders = np.flatnonzero(shape == ord(between))
    found: list[int] = np.unique(np.searchsorted(borders, positions)).tolist()
    return found
