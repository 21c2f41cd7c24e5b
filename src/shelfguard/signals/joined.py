"""Many texts as one byte string, so that a matcher passes over a batch once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BETWEEN = "\0"
"""Stands before, between and after texts; folded text never holds it."""

Positions = npt.NDArray[np.int64]


class Joined:
    """Folded texts side by side. A character outside ASCII is one `?`, so offsets hold."""

    def __init__(self, folded: Sequence[str]) -> None:
        self.text = f"{BETWEEN}{BETWEEN.join(folded)}{BETWEEN}" if folded else BETWEEN
        self.raw = self.text.encode("ascii", "replace")
        self.codes = np.frombuffer(self.raw, np.uint8)
        self._borders = np.flatnonzero(self.codes == ord(BETWEEN))

    def places(self, starts: Positions) -> tuple[Positions, Positions, Positions]:
        """The text that each position lies in, and where that text starts and ends."""
        texts = np.searchsorted(self._borders, starts) - 1
        return texts, self._borders[texts] + 1, self._borders[texts + 1]
