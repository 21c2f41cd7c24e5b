"""How long a micro-batch takes, learned from those that ran."""

from __future__ import annotations

DECAY = 0.95
"""What an earlier observation weighs beside the next one."""

FLAT = 1e-3
"""Batches of nearly one size say nothing about the slope."""


class CostModel:
    """Seconds = start + rows x each, by least squares that forget.

    A micro-batch has a cost of its own besides that of its rows, so that time a row, averaged over
    small batches, would promise far too little for large ones.
    """

    def __init__(self, start: float, each: float) -> None:
        self.start, self.each = start, each
        self._sums: tuple[float, ...] = (0.0,) * 5
        # Two imagined batches on the first guess, so that the line has a slope from the start.
        for rows in (1, 100):
            self._add(rows, start + rows * each)

    def observe(self, rows: int, seconds: float) -> None:
        """Learn from a batch that ran."""
        self._add(rows, seconds)
        weight, all_rows, all_seconds, squares, products = self._sums
        spread = weight * squares - all_rows**2
        if spread > FLAT * squares:
            self.each = max((weight * products - all_rows * all_seconds) / spread, 0.0)
        self.start = max((all_seconds - self.each * all_rows) / weight, 0.0)

    def seconds(self, rows: int, at_once: int) -> float:
        """How long this many rows take, in batches of up to `at_once`."""
        return -(-rows // at_once) * self.start + rows * self.each

    def _add(self, rows: int, seconds: float) -> None:
        seen = (1.0, rows, seconds, rows * rows, rows * seconds)
        self._sums = tuple(DECAY * old + new for old, new in zip(self._sums, seen, strict=True))
