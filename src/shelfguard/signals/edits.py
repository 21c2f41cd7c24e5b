"""Replacements in a text, and where each character of the result came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """Put `text` in the place of characters `start` to `end`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with all edits made; edits are ordered and do not overlap."""
    parts: list[str] = []
    position = 0
    for start, end, new in edits:
        parts += text[position:start], new
        position = end
    parts.append(text[position:])
    return "".join(parts)


class Origin:
    """For each character of an edited text, the source range that it stands for."""

    __slots__ = ("ends", "length", "starts")

    def __init__(self, length: int) -> None:
        self.length = length
        self.starts = list(range(length))
        self.ends = list(range(1, length + 1))

    def apply(self, edits: Sequence[Edit]) -> None:
        """Follow the same edits that were made to the text."""
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for start, end, new in edits:
            starts += self.starts[position:start]
            ends += self.ends[position:start]
            if len(new) == end - start:
                starts += self.starts[start:end]
                ends += self.ends[start:end]
            else:
                starts += [self.starts[start]] * len(new)
                ends += [self.ends[end - 1]] * len(new)
            position = end
        self.starts = starts + self.starts[position:]
        self.ends = ends + self.ends[position:]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source range of characters `start` to `end` of the edited text."""
        if start >= end:
            place = self.starts[start] if start < len(self.starts) else self.length
            return place, place
        return self.starts[start], self.ends[end - 1]
