"""The same picture on several listings of one catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from shelfguard.errors import DataError
from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.match import match
from shelfguard.images.hashes.hamming import Rows, Words, as_words, distances, scan
from shelfguard.images.hashes.hashed_picture import HashedPicture, ListingPlace
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, MIN_QUALITY, PictureHash

HASHES_AT_ONCE = 1024
"""Looked up together, so that memory stays bounded where very many pictures are alike."""

FLAT = 2048
"""Up to so many hashes, comparing all is quicker than building an index."""


@dataclass(frozen=True, slots=True)
class ListingPicture:
    """A picture of a listing."""

    at: ListingPlace
    picture: str
    hash: PictureHash


Alike = Mapping[bytes, Sequence[ListingPicture]]
"""Pictures by hash."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures that look the same; none is more than `bits_apart` from the commonest one."""

    pictures: Sequence[ListingPicture]
    bits_apart: int

    @property
    def listings(self) -> list[ListingPlace]:
        """The first place on each listing; listings of two sellers may bear one id."""
        first: dict[tuple[str | None, str], ListingPlace] = {}
        for each in self.pictures:
            first.setdefault((each.at.seller, each.at.listing), each.at)
        return list(first.values())

    @property
    def sellers(self) -> list[str]:
        """Those that are known."""
        return list(dict.fromkeys(each.at.seller for each in self.pictures if each.at.seller))

    def as_dict(self) -> dict[str, Any]:
        """Its values for JSON."""
        return {
            "listings": len(self.listings),
            "sellers": len(self.sellers),
            "bits_apart": self.bits_apart,
            "pictures": [{**each.at.as_dict(), "picture": each.picture} for each in self.pictures],
        }


def on_listings(pictures: Iterable[HashedPicture]) -> Iterator[ListingPicture]:
    """The pictures that have a hash.

    Raises:
        DataError: one stands on no listing.
    """
    for each in pictures:
        if each.at is None:
            fix = "Name a feed, or a table that images index wrote of one"
            raise DataError("stands on no listing", file=each.picture, fix=fix)
        if each.hash:
            yield ListingPicture(each.at, each.picture, each.hash)


def repeated(
    pictures: Iterable[ListingPicture],
    placeholders: Sequence[Bank] = (),
    *,
    same_seller: bool = False,
    max_distance: int = MAX_DISTANCE,
    min_quality: int = MIN_QUALITY,
) -> list[Group]:
    """Groups of pictures that look the same and stand on two listings or more, largest first.

    Two pictures are of one group if a chain of pictures links them, each within `max_distance` of
    the next; with `same_seller`, all are of one seller, and those of nobody known are in none.
    Pictures of too low a quality and those in a bank of placeholders are in none.
    """
    good = (each for each in pictures if each.hash.reaches(min_quality))
    parts = _by_seller(good) if same_seller else [_by_hash(good)]
    known = _known({bits for part in parts for bits in part}, placeholders)
    unknown = ({bits: part[bits] for bits in part if bits not in known} for part in parts)
    groups = [group for part in unknown for group in _groups(part, max_distance)]
    return sorted(groups, key=lambda group: (-len(group.listings), -len(group.pictures)))


def _by_seller(pictures: Iterable[ListingPicture]) -> list[Alike]:
    sellers: dict[str, list[ListingPicture]] = defaultdict(list)
    for each in pictures:
        if each.at.seller:
            sellers[each.at.seller].append(each)
    return [_by_hash(own) for own in sellers.values()]


def _by_hash(pictures: Iterable[ListingPicture]) -> Alike:
    same: dict[bytes, list[ListingPicture]] = defaultdict(list)
    for each in pictures:
        same[each.hash.bits].append(each)
    return same


def _known(hashes: Iterable[bytes], banks: Sequence[Bank]) -> set[bytes]:
    """The hashes that a bank has."""
    asked = [PictureHash(bits, None) for bits in hashes] if banks else []
    found = match(asked, banks)
    return {each.bits for each, matches in zip(asked, found, strict=True) if matches}


def _groups(same: Alike, radius: int) -> Iterator[Group]:
    members: dict[int, list[bytes]] = defaultdict(list)
    for bits, number in zip(same, _linked(as_words(same), radius).tolist(), strict=True):
        members[number].append(bits)
    for hashes in members.values():
        if len({(p.at.seller, p.at.listing) for bits in hashes for p in same[bits]}) > 1:
            yield _group({bits: same[bits] for bits in hashes})


def _group(same: Alike) -> Group:
    words = as_words(same)
    commonest = int(np.argmax([len(pictures) for pictures in same.values()]))
    apart = int(distances(words, words[commonest]).max())
    return Group([each for pictures in same.values() for each in pictures], apart)


def _linked(words: Words, radius: int) -> Rows:
    """The number of each hash's group: that of its first hash."""
    if len(words) <= FLAT:
        hits = scan(words, words, radius)
        return _joined(np.arange(len(words)), hits.query, hits.row)
    group = np.arange(len(words))
    with TemporaryDirectory() as folder:
        index = HashIndex.build(Path(folder) / "index", words, radius)
        for start in range(0, len(words), HASHES_AT_ONCE):
            hits = index.search(words[start : start + HASHES_AT_ONCE], radius)
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
