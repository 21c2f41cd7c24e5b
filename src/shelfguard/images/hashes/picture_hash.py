"""A picture's perceptual hash: two that differ in few bits are of pictures that look alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

HASH_BYTES = 32
MAX_QUALITY = 100

MIN_QUALITY = 50
"""Below this a picture shows too little for its hash to say anything (PDQ's README)."""

MAX_DISTANCE = 31
"""Up to this many differing bits, two hashes are of one picture (PDQ's README)."""

HEXADECIMAL = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class PictureHash:
    """A PDQ hash of 32 bytes, and its quality from 0 to 100; None where nobody told it."""

    bits: bytes
    quality: int | None

    @classmethod
    def from_hex(cls, text: str, quality: int | None = None) -> Self:
        """A hash as others write it: 64 hexadecimal digits.

        Raises:
            ValueError: it is none.
        """
        if not HEXADECIMAL.fullmatch(text):
            raise ValueError("is no PDQ hash of 64 hexadecimal digits")
        return cls(bytes.fromhex(text), quality)

    def hex(self) -> str:
        return self.bits.hex()

    def reaches(self, min_quality: int) -> bool:
        """Whether its quality is good enough, or unknown."""
        return self.quality is None or self.quality >= min_quality
