"""The perceptual hash of a picture, as a detector gives it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

from shelfguard.images.hashes.pdq import hash_of
from shelfguard.images.hashes.picture_hash import PictureHash
from shelfguard.images.picture import Picture

CODE_VERSION = 1


@dataclass(frozen=True, slots=True)
class HashReading:
    """A PDQ hash in hexadecimal digits, and its quality from 0 to 100."""

    pdq: str
    quality: int

    def picture_hash(self) -> PictureHash:
        """The hash as banks take it."""
        return PictureHash.from_hex(self.pdq, self.quality)


class HashDetector:
    """Hashes pictures with PDQ."""

    name = "hash"
    version = f"{CODE_VERSION}+{version('pdqhash')}"

    def read(self, picture: Picture) -> HashReading:
        """The hash of one picture."""
        found = hash_of(picture)
        return HashReading(found.hex(), found.quality or 0)
