"""Which listing ids a feed has already shown, in 12 bytes an id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_Run = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]

FULL = 1 << 17
"""A run that long merges no more: copying it would show in the memory of a large scan."""


class SeenIds:
    """Ids as 8-byte hashes in sorted runs that merge as they grow, each with its first row.

    Two different ids share a hash with probability under one in ten million for a million ids.
    """

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def first_rows(self, ids: Sequence[str], rows: Sequence[int]) -> list[int]:
        """The row where each id was first seen, its own where it is new; all are then seen."""
        hashes = np.fromiter(map(hash, ids), np.int64, len(ids))
        unique, index, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        first = np.asarray(rows, np.uint32)[index]
        new = np.ones(len(unique), bool)
        for known, known_rows in self._runs:
            at = np.minimum(np.searchsorted(known, unique), len(known) - 1)
            hit = known[at] == unique
            first[hit], new = known_rows[at[hit]], new & ~hit
        self._add(unique[new], first[new])
        return [int(row) for row in first[inverse]]

    def _add(self, hashes: npt.NDArray[np.int64], rows: npt.NDArray[np.uint32]) -> None:
        if not len(hashes):
            return
        self._runs.append((hashes, rows))
        while len(self._runs) > 1 and self._may_merge(*self._runs[-2:]):
            (b, b_rows), (a, a_rows) = self._runs.pop(), self._runs.pop()
            at = np.searchsorted(a, b)  # inserting needs less memory than sorting both anew
            self._runs.append((np.insert(a, at, b), np.insert(a_rows, at, b_rows)))

    @staticmethod
    def _may_merge(older: _Run, newer: _Run) -> bool:
        return len(older[0]) <= min(2 * len(newer[0]), FULL)
