"""Phrases and clue words over a whole batch, in one pass for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, MatchKind

from shelfguard.signals.joined import Joined

_ALPHA = np.array([code < 0x80 and chr(code).isalpha() for code in range(256)])
_ALNUM = np.array([code < 0x80 and chr(code).isalnum() for code in range(256)])

Matches = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Meaning = TypeVar("Meaning")


class Place(NamedTuple, Generic[Meaning]):
    """Where a clue stands in one folded text, and what it means."""

    segment: int
    start: int
    end: int
    meaning: Meaning


class Literals:
    """Phrases found leftmost and longest by one Aho-Corasick pass (Aho and Corasick, 1975)."""

    def __init__(self, phrases: Sequence[bytes]) -> None:
        self._automaton = BytesAhoCorasick(list(phrases), matchkind=MatchKind.LeftmostLongest)
        self._lengths = np.array([len(phrase) for phrase in phrases], np.int64)
        numbers = {phrase: number for number, phrase in enumerate(phrases)}
        self._shorter = np.array([_shorter(phrase, numbers) for phrase in phrases], np.int64)

    def find(self, text: bytes, whole: Callable[[Matches], Flags]) -> Matches:
        """(phrase, start, end) of each match that `whole` lets pass, in reading order.

        Where it refuses one, the longest phrase that the refused one begins with counts:
        `cigars` in "cigars box of 250", though `cigars box of 25` was longer.
        """
        found = np.array(self._automaton.find_matches_as_indexes(text), np.int64).reshape(-1, 3)
        if not len(found):
            return found
        passes = whole(found)
        shorter = self._shorter[found[:, 0]]
        refused = ~passes & (shorter >= 0)
        if not refused.any():
            return found[passes]
        number, start = shorter[refused], found[refused, 1]
        instead = np.column_stack([number, start, start + self._lengths[number]])
        kept = np.concatenate([found[passes], instead[whole(instead)]])
        return kept[np.argsort(kept[:, 1], kind="stable")]


def _shorter(phrase: bytes, numbers: Mapping[bytes, int]) -> int:
    """The longest phrase of whole words that this one begins with; -1 where there is none."""
    while b" " in phrase.strip():
        phrase = phrase.rstrip().rpartition(b" ")[0]
        if phrase in numbers:
            return numbers[phrase]
    return -1


class Clues(Generic[Meaning]):
    """Literals and what each means; letters at their ends must be word borders."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = list(meanings.values())
        self._literals = Literals([clue.encode() for clue in meanings])

    def places(
        self,
        joined: Joined,
        also: re.Pattern[str] | None = None,
        meaning: Meaning | None = None,
    ) -> list[Place[Meaning]]:
        """Every clue in every text, in reading order; matches of `also` get `meaning`."""
        matches = self._literals.find(joined.raw, partial(_whole_words, joined.codes))
        found = [(start, end, self._meanings[clue]) for clue, start, end in matches.tolist()]
        if also is not None and meaning is not None:
            found += [(*match.span(), meaning) for match in also.finditer(joined.text)]
            found.sort(key=lambda match: match[:2])
        if not found:
            return []
        segments, firsts, _ = joined.places(np.array([start for start, _, _ in found], np.int64))
        return [
            Place(segment, start - first, end - first, meaning)
            for segment, first, (start, end, meaning) in zip(
                segments.tolist(), firsts.tolist(), found, strict=True
            )
        ]


def _whole_words(codes: npt.NDArray[np.uint8], found: Matches) -> Flags:
    """Which matches have word borders beside the letters at their ends."""
    starts, ends = found[:, 1], found[:, 2]
    begins = ~(_ALNUM[codes[starts]] & _ALNUM[codes[starts - 1]])
    stops = ~(_ALPHA[codes[ends - 1]] & _ALNUM[codes[ends]])
    both: Flags = begins & stops
    return both
