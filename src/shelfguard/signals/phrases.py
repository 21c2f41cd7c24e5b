"""Clue words over a whole batch: one Aho-Corasick pass says which few texts to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, MatchKind

BETWEEN = "\0"
"""Stands between texts that are searched together; folded text never holds it."""

Meaning = TypeVar("Meaning")


class Place(NamedTuple, Generic[Meaning]):
    """Where a clue stands in one folded text, and what it means."""

    segment: int
    start: int
    end: int
    meaning: Meaning


class Clues(Generic[Meaning]):
    """Literals and what each means; letters at their ends must be word borders."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = list(meanings.values())
        self._automaton = BytesAhoCorasick(
            [clue.encode() for clue in meanings], matchkind=MatchKind.LeftmostLongest
        )

    def places(
        self,
        folded: Sequence[str],
        also: re.Pattern[str] | None = None,
        meaning: Meaning | None = None,
    ) -> list[Place[Meaning]]:
        """Every clue in every text, in reading order; matches of `also` get `meaning`."""
        joined = BETWEEN.join(folded)
        raw = joined.encode("ascii", "replace")
        found = [
            (start, end, self._meanings[clue])
            for clue, start, end in self._automaton.find_matches_as_indexes(raw)
            if _stands_alone(raw, start, end)
        ]
        if also is not None and meaning is not None:
            found += [(*match.span(), meaning) for match in also.finditer(joined)]
        found.sort(key=lambda match: match[:2])
        return _in_texts(found, np.flatnonzero(np.frombuffer(raw, np.uint8) == ord(BETWEEN)))


def _in_texts(
    found: list[tuple[int, int, Meaning]], borders: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> list[Place[Meaning]]:
    segments = np.searchsorted(borders, [start for start, _, _ in found]).tolist()
    firsts = [0, *(borders + 1).tolist()]
    return [
        Place(segment, start - firsts[segment], end - firsts[segment], meaning)
        for segment, (start, end, meaning) in zip(segments, found, strict=True)
    ]


def _stands_alone(raw: bytes, start: int, end: int) -> bool:
    return (
        start == 0 or not raw[start : start + 1].isalnum() or not raw[start - 1 : start].isalnum()
    ) and (not raw[end - 1 : end].isalpha() or not raw[end : end + 1].isalnum())
