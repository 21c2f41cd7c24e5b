"""The pictures of a whole catalog, by seller: which other listings show the very same file.

Files are compared, not how they look: PDQ is blind to colour, and would take a mug in two glazes
for one. `repeated` is for what looks alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from shelfguard.errors import DataError
from shelfguard.images.hashes.hashed_picture import read_hashes


@dataclass(frozen=True, slots=True)
class Catalog:
    """What `shelfguard images index` wrote of a feed: listings by seller and SHA-256."""

    listings: Mapping[tuple[str, str], Sequence[str]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Pictures of nobody known are left out.

        Raises:
            DataError: the file is no such table, or one of no feed.
        """
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for each in read_hashes(path):
            if each.at is None:
                fix = "Write it from a feed: images index FEED"
                raise DataError("is of pictures that stand on no listing", file=path, fix=fix)
            if each.at.seller and each.sha256:
                found[each.at.seller, each.sha256].append(each.at.listing)
        return cls({key: listings for key, listings in found.items() if len(listings) > 1})

    def others(self, sha256: str, seller: str | None, listing: str) -> list[str]:
        """The seller's other listings that show the same picture, in the catalog's order."""
        same = self.listings.get((seller or "", sha256), ())
        return [each for each in dict.fromkeys(same) if each != listing]
