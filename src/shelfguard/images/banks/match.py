"""Pictures that a bank knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from shelfguard.images.banks.bank import Bank
from shelfguard.images.hashes.hamming import as_words
from shelfguard.images.hashes.hashed_picture import HashedPicture
from shelfguard.images.hashes.picture_hash import PictureHash

PICTURES_AT_ONCE = 1024
"""Looked up together, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of a bank that shows the same picture, and in how many bits the hashes differ."""

    bank: str
    entry: int
    distance: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def match(hashes: Sequence[PictureHash], banks: Sequence[Bank]) -> list[list[Match]]:
    """The matches of each hash, nearest first; none for one of too low a quality for a bank."""
    found: list[list[Match]] = [[] for _ in hashes]
    for bank in banks:
        asked = [n for n, each in enumerate(hashes) if each.reaches(bank.card.min_quality)]
        hits = bank.search(as_words(hashes[n].bits for n in asked))
        for query, row, distance in zip(*(column.tolist() for column in hits), strict=True):
            found[asked[query]].append(Match(bank.card.name, row + 1, distance))
    return [sorted(matches, key=lambda each: each.distance) for matches in found]


def match_pictures(
    pictures: Iterable[HashedPicture], banks: Sequence[Bank]
) -> Iterator[tuple[HashedPicture, list[Match]]]:
    """Each picture with its matches; some are looked up together."""
    stream = iter(pictures)
    while some := list(islice(stream, PICTURES_AT_ONCE)):
        hashed = {number: each.hash for number, each in enumerate(some) if each.hash}
        found = dict(zip(hashed, match(list(hashed.values()), banks), strict=True))
        yield from ((each, found.get(number, [])) for number, each in enumerate(some))
