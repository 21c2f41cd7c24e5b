"""Fold look-alike writing to plain lower-case text, with a map back to the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shelfguard.signals.characters import ASCII_TABLE, ODD, TABLE
from shelfguard.signals.clues import clues, rows
from shelfguard.signals.edits import Edit, Origin, apply
from shelfguard.signals.markup import ROUNDS, has_markup, markup_edits
from shelfguard.signals.respell import respellings

_BETWEEN = "\0"
_NOT_ASCII = re.compile(r"[^\0-\x7f]")


class Folded:
    """A folded text that knows its source: the text as submitted, markup and all."""

    __slots__ = ("_origin", "text")

    def __init__(self, text: str, origin: Origin) -> None:
        self.text = text
        self._origin = origin

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The source range that `text[start:end]` stands for."""
        return self._origin.span(start, end)


def fold(text: str) -> Folded:
    """Fold one text and keep the offsets; `fold_texts` gives the same text, faster."""
    origin = Origin(len(text))
    for edits in _edits(text):
        origin.apply(edits)
        text = apply(text, edits)
    return Folded(text, origin)


def fold_texts(texts: Sequence[str]) -> list[str]:
    """Fold many texts at once.

    Plain texts are joined and translated in one go; only those that show markup or
    respelt words are looked at one by one.
    """
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != len(texts) - 1 or has_markup(joined):
        return _fold_apart(texts)
    return _fold_plain(texts)


def _fold_plain(texts: Sequence[str]) -> list[str]:
    """As `fold_texts`, for texts without markup and NUL."""
    parts = _characters(texts)
    joined = _BETWEEN.join(parts)
    for row in rows(joined, clues(joined), _BETWEEN):
        parts[row] = _respell(parts[row])
    return parts


def _fold_apart(texts: Sequence[str]) -> list[str]:
    """As `fold_texts`, where some texts hold markup or NUL."""
    odd = [
        _BETWEEN in text or (("<" in text or "&" in text) and has_markup(text)) for text in texts
    ]
    plain = [text for text, is_odd in zip(texts, odd, strict=True) if not is_odd]
    rest = iter(_fold_plain(plain))
    return [
        _fold_slowly(text) if is_odd else next(rest)
        for text, is_odd in zip(texts, odd, strict=True)
    ]


def _fold_slowly(text: str) -> str:
    for edits in _edits(text):
        text = apply(text, edits)
    return text


def _characters(texts: Sequence[str]) -> list[str]:
    most = [t if t.isascii() else _NOT_ASCII.sub(lambda m: TABLE[m[0]], t) for t in texts]
    plain = iter(_BETWEEN.join(filter(str.isascii, most)).translate(ASCII_TABLE).split(_BETWEEN))
    return [next(plain) if t.isascii() else ODD.sub(lambda m: TABLE[m[0]], t) for t in most]


def _respell(text: str) -> str:
    for edits in respellings(text):
        text = apply(text, edits)
    return text


def _edits(text: str) -> Iterator[list[Edit]]:
    for _ in range(ROUNDS):
        edits = markup_edits(text)
        if not edits:
            break
        yield edits
        text = apply(text, edits)
    edits = [Edit(*m.span(), TABLE[m[0]]) for m in ODD.finditer(text)]
    yield edits
    yield from respellings(apply(text, edits))
