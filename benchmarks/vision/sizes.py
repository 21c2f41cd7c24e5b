"""How much each task does."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """Of the tasks, in their order."""

    batch: int
    """Pictures that the engine and the kernels read in turn."""
    times: int
    scanned: int
    scans: int
    shared: int
    """Listings with the same picture."""
    all_detectors: tuple[int, int]
    """Pictures after which memory is looked at, with all detectors."""
    cheap_detectors: tuple[int, int]
    hashes: int
    scenes: int
    """Pictures without text, and with text, for the gate before OCR."""

    @property
    def listings(self) -> int:
        """Rows of the feed that the tasks share."""
        return max(self.shared, self.all_detectors[1], self.cheap_detectors[1])


FULL = Sizes(16, 8, 64, 2, 10_000, (200, 400), (2_000, 20_000), 10_000_000, 100)
QUICK = Sizes(4, 3, 16, 1, 1_000, (32, 48), (150, 400), 200_000, 8)
"""Only a hint: networks take their memory with the first thirty pictures."""
