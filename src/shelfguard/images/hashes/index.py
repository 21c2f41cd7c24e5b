"""All stored hashes within a radius of a hash, exactly, among millions, from a file on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from shelfguard.errors import DataError
from shelfguard.images.hashes.array_file import ArrayFile, writing
from shelfguard.images.hashes.hamming import Hits, Rows, Words, distances, hits_of
from shelfguard.images.hashes.parts import WORD_BITS, Part, plan
from shelfguard.images.hashes.spread import gathered, spread
from shelfguard.images.hashes.table import Table

KIND = "hash index"

ROW_BITS = 32
"""Rows are numbered in 32 bits, so that a query and a row fit into one number."""


class HashIndex:
    """An open index file. It never changes, and several threads may search it.

    Hashes are kept spread and in two halves: a random hash differs from a query by far more than
    the radius in the half that its part is not from, so that reading one half nearly always does.
    """

    def __init__(self, file: ArrayFile) -> None:
        self._file, self.radius = file, int(file.facts["radius"])
        self._halves = file.arrays["left"], file.arrays["right"]
        parts = [Part(*numbers) for numbers in file.facts["parts"]]
        self._tables = [
            Table(part, part.flips(), file.arrays[f"offsets {n}"], file.arrays[f"rows {n}"])
            for n, part in enumerate(parts)
        ]

    def __len__(self) -> int:
        return len(self._halves[0])

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open what `build` wrote; its arrays are read as they are used.

        Raises:
            DataError: the file cannot be read, or is no index.
        """
        file = ArrayFile.open(path)
        try:
            if file.facts["kind"] == KIND:
                return cls(file)
        except (KeyError, TypeError, ValueError):
            pass  # said below, like any other file
        raise DataError("is no index of hashes", file=path, fix="Remove it")

    @classmethod
    def build(
        cls, path: Path, words: Words, radius: int, keep: npt.NDArray[np.bool_] | None = None
    ) -> Self:
        """Write an index of `words` [rows, 4] in place of `path`, at once, and open it.

        Rows that are not to `keep` [rows] are never found. Needs some 80 bytes a hash.
        """
        kept = np.arange(len(words)) if keep is None else np.flatnonzero(keep)
        parts = plan(len(kept), radius)
        dealt = spread(words, len(parts))
        facts = {"kind": KIND, "radius": radius, "parts": [astuple(part) for part in parts]}
        with writing(path, facts) as file:
            file.add("left", dealt[:, :2])
            file.add("right", dealt[:, 2:])
            for number, part in enumerate(parts):
                table = Table.build(part, part.keys(dealt).take(kept), kept)
                file.add(f"offsets {number}", table.offsets)
                file.add(f"rows {number}", table.rows)
        return cls.open(path)

    def words(self) -> Words:
        """All hashes, [rows, 4], in the order in which they were given to `build`."""
        return gathered(np.hstack(self._halves), len(self._tables))

    def search(self, queries: Words, radius: int) -> Hits:
        """The rows within `radius`, which is at most the index's own, of each of [queries, 4].

        Memory grows with the number of hits.
        """
        if radius > self.radius:
            raise ValueError(f"built for distances up to {self.radius}, not {radius}")
        dealt = spread(queries, len(self._tables))
        near = [pairs for table in self._tables for pairs in self._near(table, dealt, radius)]
        query, row = np.divmod(np.unique(np.concatenate(near)), 1 << ROW_BITS)
        left, right = self._halves
        distance = distances(dealt[query], np.hstack([left[row], right[row]]))
        close = distance <= radius
        return hits_of(query[close], row[close], distance[close])

    def verify(self) -> None:
        """Compare the index with its digest; this reads all of it.

        Raises:
            DataError: it was changed.
        """
        self._file.verify()

    def _near(self, table: Table, dealt: Words, radius: int) -> Iterator[Rows]:
        """Pairs of a query and a row, each as one number, that are near in the table's part and
        not too far apart in the other half."""
        other = int(table.part.start < 2 * WORD_BITS)
        stored, asked = self._halves[other], np.hsplit(dealt, 2)[other].copy()
        yield np.zeros(0, np.int64)
        for query, row in table.near(table.part.keys(dealt)):
            close = distances(asked.take(query, axis=0), stored.take(row, axis=0)) <= radius
            yield query[close] << ROW_BITS | row[close]
