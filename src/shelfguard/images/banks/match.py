"""Pictures that a bank knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from shelfguard.images.banks.bank import Bank
from shelfguard.images.hashes.hamming import as_words
from shelfguard.images.hashes.hashed_file import HashedFile
from shelfguard.images.hashes.picture_hash import PictureHash

FILES_AT_ONCE = 1024
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


def match_files(
    files: Iterable[HashedFile], banks: Sequence[Bank]
) -> Iterator[tuple[HashedFile, list[Match]]]:
    """Each file with its matches; some are looked up together."""
    stream = iter(files)
    while some := list(islice(stream, FILES_AT_ONCE)):
        hashed = {number: file.hash for number, file in enumerate(some) if file.hash}
        found = dict(zip(hashed, match(list(hashed.values()), banks), strict=True))
        yield from ((file, found.get(number, [])) for number, file in enumerate(some))
