"""The pictures of a whole catalog, by seller: which other listings show the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from shelfguard.images.banks.repeated import ListingPicture, on_listings
from shelfguard.images.hashes.hamming import Words, as_words, scan
from shelfguard.images.hashes.hashed_picture import read_hashes
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, MIN_QUALITY, PictureHash


@dataclass(frozen=True, slots=True)
class SellersPictures:
    """Hashes [pictures, 4] of one seller's pictures, and the listing that each stands on."""

    words: Words
    listings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What `shelfguard images index` wrote of a feed."""

    sellers: Mapping[str, SellersPictures]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Pictures of too low a quality, and those of nobody known, are left out.

        Raises:
            DataError: the file is no such table, or one of no feed.
        """
        found: dict[str, list[ListingPicture]] = defaultdict(list)
        for each in on_listings(read_hashes(path)):
            if each.at.seller and each.hash.reaches(MIN_QUALITY):
                found[each.at.seller].append(each)
        return cls({seller: _packed(pictures) for seller, pictures in found.items()})

    def others(self, seen: PictureHash, seller: str | None, listing: str) -> list[str]:
        """The seller's other listings that show the same picture, in the catalog's order."""
        own = self.sellers.get(seller or "")
        if own is None or not seen.reaches(MIN_QUALITY):
            return []
        rows = np.sort(scan(as_words([seen.bits]), own.words, MAX_DISTANCE).row).tolist()
        return list(dict.fromkeys(own.listings[n] for n in rows if own.listings[n] != listing))


def _packed(pictures: Sequence[ListingPicture]) -> SellersPictures:
    words = as_words(each.hash.bits for each in pictures)
    return SellersPictures(words, [each.at.listing for each in pictures])
