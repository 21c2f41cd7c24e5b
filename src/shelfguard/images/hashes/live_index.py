"""Look-ups that go on while hashes are added and removed, and while their index is built anew."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.errors import DataError
from shelfguard.images.hashes.hamming import Hits, Rows, Words, hits_of, scan
from shelfguard.images.hashes.index import HashIndex

DELTA_ROWS = 4096
"""Hashes compared one by one before a rebuild is due: as much work as a look-up in the index."""


@dataclass(frozen=True, slots=True)
class _State:
    """Rows in the index file come first, those of the delta after them."""

    index: HashIndex | None
    delta: Words
    removed: npt.NDArray[np.bool_]

    @property
    def indexed(self) -> int:
        return len(self.index) if self.index else 0

    def words(self) -> Words:
        return np.concatenate([self.index.words(), self.delta]) if self.index else self.delta

    def search(self, queries: Words, radius: int) -> Hits:
        query, row, distance = scan(queries, self.delta, radius)
        found = [Hits(query, row + self.indexed, distance)]
        if self.index:
            found.append(self.index.search(queries, radius))
        query, row, distance = map(np.concatenate, zip(*found, strict=True))
        left = ~self.removed[row]
        return hits_of(query[left], row[left], distance[left])


class LiveIndex:
    """Hashes by row number, counted in the order in which they were added.

    Every change makes a new state and swaps it in at once, so that a search sees one state from
    start to end and never waits.
    """

    def __init__(
        self,
        path: Path,
        radius: int,
        index: HashIndex | None,
        added: Words,
        removed: Iterable[int] = (),
    ) -> None:
        """The hashes of an index, and those `added` [rows, 4] since; `removed` rows are not found.

        `path` is where a rebuild writes the index.

        Raises:
            DataError: the index was built for a smaller radius.
        """
        if index and index.radius < radius:
            problem = f"was built for distances up to {index.radius}, not {radius}"
            raise DataError(problem, file=path, fix="Remove it; the next rebuild writes it anew")
        gone = np.zeros((len(index) if index else 0) + len(added), np.bool_)
        gone[list(removed)] = True
        self.path, self.radius = path, radius
        self._state = _State(index, added, gone)
        self._changing, self._rebuilding = threading.Lock(), threading.Lock()

    def __len__(self) -> int:
        return len(self._state.removed)

    @property
    def rebuild_due(self) -> bool:
        """Whether so many hashes were added that a rebuild would make look-ups faster."""
        return len(self._state.delta) > DELTA_ROWS

    def search(self, queries: Words, radius: int | None = None) -> Hits:
        """The rows within `radius`, the index's own if None, of each of [queries, 4]."""
        return self._state.search(queries, self.radius if radius is None else radius)

    def add(self, words: Words) -> None:
        """Add rows [rows, 4]; the next search finds them."""
        with self._changing:
            state = self._state
            delta = np.concatenate([state.delta, words])
            removed = np.append(state.removed, np.zeros(len(words), np.bool_))
            self._state = replace(state, delta=delta, removed=removed)

    def remove(self, rows: Rows) -> None:
        """Remove rows; the next search finds them no more. Their numbers are not used again."""
        with self._changing:
            removed = self._state.removed.copy()
            removed[rows] = True
            self._state = replace(self._state, removed=removed)

    def rebuild(self) -> None:
        """Write the index anew of all rows that are left, and swap it in.

        Searches and changes go on meanwhile, and so do searches of processes that have the old
        file open.
        """
        with self._rebuilding:
            state = self._state
            words = (
                np.concatenate([state.index.words(), state.delta]) if state.index else state.delta
            )
            index = HashIndex.build(self.path, words, self.radius, ~state.removed)
            with self._changing:
                later = self._state.delta[len(state.delta) :]
                self._state = replace(self._state, index=index, delta=later)
