"""Clue words over a whole batch: one Aho-Corasick pass says which few texts to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, MatchKind

from shelfguard.signals.joined import Joined

_ALPHA = np.array([code < 0x80 and chr(code).isalpha() for code in range(256)])
_ALNUM = np.array([code < 0x80 and chr(code).isalnum() for code in range(256)])

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
        joined: Joined,
        also: re.Pattern[str] | None = None,
        meaning: Meaning | None = None,
    ) -> list[Place[Meaning]]:
        """Every clue in every text, in reading order; matches of `also` get `meaning`."""
        found = [
            (start, end, self._meanings[clue])
            for clue, start, end in matches(self._automaton, joined).tolist()
        ]
        if also is not None and meaning is not None:
            found += [(*match.span(), meaning) for match in also.finditer(joined.text)]
            found.sort(key=lambda match: match[:2])
        segments, firsts, _ = joined.places(np.array([start for start, _, _ in found], np.int64))
        return [
            Place(segment, start - first, end - first, meaning)
            for segment, first, (start, end, meaning) in zip(
                segments.tolist(), firsts.tolist(), found, strict=True
            )
        ]


def matches(automaton: BytesAhoCorasick, joined: Joined) -> npt.NDArray[np.int64]:
    """(clue, start, end) of each match whose outer letters end words, [matches, 3]."""
    found = np.array(automaton.find_matches_as_indexes(joined.raw), np.int64).reshape(-1, 3)
    starts, ends, codes = found[:, 1], found[:, 2], joined.codes
    begins = ~(_ALNUM[codes[starts]] & _ALNUM[codes[starts - 1]])
    stops = ~(_ALPHA[codes[ends - 1]] & _ALNUM[codes[ends]])
    kept: npt.NDArray[np.int64] = found[begins & stops]
    return kept
