"""A text cut into pieces for display: plain, marked, invisible characters, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Span = tuple[int, int]

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""Characters that hide or reorder text: shown by their number, so that nobody is misled."""


class Piece(NamedTuple):
    """A stretch of text and how to show it."""

    text: str
    kind: Literal["text", "mark", "hidden", "gap"]


def pieces(text: str, spans: Iterable[Span] = (), room: int = 600) -> list[Piece]:
    """Cut a text at its spans; one longer than `room` characters keeps what is near them."""
    marks = merge((max(0, start), min(len(text), end)) for start, end in spans)
    kept = [(0, len(text))] if len(text) <= room else _windows(text, marks, room)
    result: list[Piece] = []
    position = 0
    for start, end in kept:
        if start > position:
            result.append(Piece("…", "gap"))
        result.extend(_cut(text, start, end, marks))
        position = end
    return result + ([Piece("…", "gap")] if position < len(text) else [])


def merge(spans: Iterable[Span]) -> list[Span]:
    """Sorted, with empty spans left out and those that touch joined."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def visible(text: str) -> str:
    """The text with its hidden characters written as their numbers."""
    return HIDDEN.sub(lambda match: f"[{_number(match[0])}]", text)


def _windows(text: str, marks: list[Span], room: int) -> list[Span]:
    if not marks:
        return [(0, room)]
    around = max(40, room // (2 * len(marks)))
    return merge((max(0, start - around), min(len(text), end + around)) for start, end in marks)


def _cut(text: str, start: int, end: int, marks: list[Span]) -> Iterator[Piece]:
    position = start
    for first, last in marks:
        if first < start or last > end:
            continue
        yield from _show(text[position:first], "text")
        yield from _show(text[first:last], "mark")
        position = last
    yield from _show(text[position:end], "text")


def _show(text: str, kind: Literal["text", "mark"]) -> Iterator[Piece]:
    position = 0
    for match in HIDDEN.finditer(text):
        if match.start() > position:
            yield Piece(text[position : match.start()], kind)
        yield Piece(_number(match[0]), "hidden")
        position = match.end()
    if position < len(text):
        yield Piece(text[position:], kind)


def _number(character: str) -> str:
    return f"U+{ord(character):04X}"
