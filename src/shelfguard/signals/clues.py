"""Where folded text may hold respelt words: a scan at memory speed, with false alarms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LETTER, _DIGIT, _SIGN, _GAP, _ZERO, _DOLLAR = (np.uint8(1 << bit) for bit in range(6))
_WORD = _LETTER | _DIGIT


def _kind(char: str) -> int:
    kinds = {
        _LETTER: "abcdefghijklmnopqrstuvwxyz",
        _DIGIT: "0123456789",
        _SIGN: "013457@$!?",
        _GAP: " .*_|~-?",
        _ZERO: "0",
        _DOLLAR: "$",
    }
    return sum(int(kind) for kind, chars in kinds.items() if char in chars)


_KINDS = bytes(_kind(chr(code)) for code in range(256))


def clues(text: str) -> npt.NDArray[np.intp]:
    """Positions beside which a word may be respelt, in no particular order.

    Characters outside ASCII count as a sign or a gap; letters must be in lower case.
    """
    shape = f"\n{text}\n\n\n\n".encode("ascii", "replace").translate(_KINDS)
    kinds = np.frombuffer(shape, np.uint8)
    letter, sign, gap = ((kinds & kind) != 0 for kind in (_LETTER, _SIGN, _GAP))
    edge = (kinds & _WORD) == 0
    pair = letter[:-1] & letter[1:]
    signs = (
        letter[:-3] & sign[1:-2] & (letter[2:-1] | (sign[2:-1] & letter[3:])),
        edge[:-3] & ((kinds[1:-2] & (_ZERO | _DOLLAR)) != 0) & pair[2:],
        pair[:-2] & ((kinds[2:-1] & _ZERO) != 0) & edge[3:],
        letter[:-3] & gap[1:-2] & letter[2:-1] & edge[3:] & _before(edge)[:-3],
    )
    found = signs[0] | signs[1] | signs[2] | signs[3]
    return np.maximum(np.flatnonzero(found) - 1, 0)


def _before(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Each flag of the character before."""
    return np.concatenate(([True], flags[:-1]))


def rows(text: str, positions: npt.NDArray[np.intp], between: str) -> list[int]:
    """Which parts of a joined text the positions lie in."""
    if not len(positions):
        return []
    kinds = np.frombuffer(text.encode("ascii", "replace"), np.uint8)
    borders = np.flatnonzero(kinds == ord(between))
    found: list[int] = np.unique(np.searchsorted(borders, positions)).tolist()
    return found
