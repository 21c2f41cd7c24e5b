"""One part of all hashes as a table: which rows have a key near a query's key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from shelfguard.images.hashes.hamming import Rows
from shelfguard.images.hashes.parts import Part

KEYS_AT_ONCE = 64
"""Looked up together: enough to make up for NumPy's calls, few enough to stay in cache."""

ROWS_AT_ONCE = 1 << 20
"""Given together, unless one key has more: bounds memory where very many hashes are alike."""

Keys = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of key k are `rows[offsets[k]:offsets[k + 1]]`."""

    part: Part
    flips: Keys
    offsets: Keys
    rows: Keys

    @classmethod
    def build(cls, part: Part, keys: Keys, rows: Rows) -> Self:
        """The table of the rows whose keys are given, [rows] both."""
        offsets = np.zeros((1 << part.width) + 1, np.uint32)
        np.cumsum(np.bincount(keys, minlength=1 << part.width), out=offsets[1:])
        order = np.argsort(keys, kind="stable")
        return cls(part, part.flips(), offsets, rows.take(order).astype(np.uint32))

    def near(self, keys: Keys) -> Iterator[tuple[Rows, Rows]]:
        """Numbers of keys, and of a row that has a near key: [pairs] both, some at a time."""
        for start in range(0, len(keys), KEYS_AT_ONCE):
            yield from self._near(keys[start : start + KEYS_AT_ONCE], start)

    def _near(self, keys: Keys, first: int) -> Iterator[tuple[Rows, Rows]]:
        places = (keys[:, None] ^ self.flips).astype(np.intp)
        starts = self.offsets.take(places)
        places += 1
        counts = self.offsets.take(places) - starts
        per_key = counts.sum(axis=1, dtype=np.intp)
        if per_key.sum() > ROWS_AT_ONCE and len(keys) > 1:
            half = len(keys) // 2
            yield from self._near(keys[:half], first)
            yield from self._near(keys[half:], first + half)
        else:
            numbers = np.repeat(np.arange(first, first + len(keys)), per_key)
            yield numbers, self.rows.take(_ranges(starts.ravel(), counts.ravel())).astype(np.intp)


def _ranges(starts: Keys, counts: Keys) -> Keys:
    """`start, start + 1, ...` for `count` numbers of each pair, end to end."""
    before = counts.cumsum(dtype=np.uint32) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum(), dtype=np.uint32)
