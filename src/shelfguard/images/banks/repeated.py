"""The same picture on several listings of one catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.match import match
from shelfguard.images.hashes.hamming import Rows, Words, as_words, scan
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, MIN_QUALITY, PictureHash

HASHES_AT_ONCE = 1024
"""Looked up together, so that memory stays bounded where very many pictures are alike."""

FLAT = 2048
"""Up to so many hashes, comparing all is quicker than building an index."""


@dataclass(frozen=True, slots=True)
class ListingPicture:
    """A picture of a listing."""

    listing: str
    seller: str | None
    hash: PictureHash


def repeated(
    pictures: Iterable[ListingPicture],
    placeholders: Sequence[Bank] = (),
    max_distance: int = MAX_DISTANCE,
    min_quality: int = MIN_QUALITY,
) -> list[list[ListingPicture]]:
    """Groups of pictures that look the same and stand on two listings or more, largest first.

    Two pictures are of one group if a chain of pictures links them, each within `max_distance` of
    the next. Pictures of too low a quality and those in a bank of placeholders are in none.
    """
    same: dict[bytes, list[ListingPicture]] = defaultdict(list)
    for picture in pictures:
        if picture.hash.reaches(min_quality):
            same[picture.hash.bits].append(picture)
    known = match([PictureHash(bits, None) for bits in same], placeholders)
    hashes = [bits for bits, matches in zip(same, known, strict=True) if not matches]
    groups: dict[int, list[ListingPicture]] = defaultdict(list)
    for bits, group in zip(hashes, _linked(as_words(hashes), max_distance).tolist(), strict=True):
        groups[group] += same[bits]
    shared = [group for group in groups.values() if len({each.listing for each in group}) > 1]
    return sorted(shared, key=len, reverse=True)


def _linked(words: Words, radius: int) -> Rows:
    """The number of each hash's group: that of its first hash."""
    group = np.arange(len(words))
    with TemporaryDirectory() as folder:
        index = (
            HashIndex.build(Path(folder) / "index", words, radius) if len(words) > FLAT else None
        )
        for start in range(0, len(words), HASHES_AT_ONCE):
            some = words[start : start + HASHES_AT_ONCE]
            hits = index.search(some, radius) if index else scan(some, words, radius)
            group = _joined(group, hits.query + start, hits.row)
    return group


def _joined(group: Rows, some: Rows, others: Rows) -> Rows:
    """Groups after each of `some` was put into one group with that of `others`."""
    while True:
        one, other = group[some], group[others]
        apart = one != other
        if not apart.any():
            return group
        np.minimum.at(group, np.maximum(one, other)[apart], np.minimum(one, other)[apart])
        while (group[group] != group).any():
            group = group[group]
