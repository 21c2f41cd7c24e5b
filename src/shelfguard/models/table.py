"""A table of hashed tokens' weights, and adding them up by listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import sub
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Weights = Floats | npt.NDArray[np.int8]
Integers = npt.NDArray[np.int64]
Owners = npt.NDArray[np.int32]


def add_by_owner(
    totals: Floats,
    vectors: Floats | npt.NDArray[np.int8],
    picks: Integers,
    owner: npt.NDArray[np.int32],
) -> None:
    """Add vectors[picks[i]] to totals[owner[i]] for all i, in order; owner must not decrease.

    One owner after the other where there are few, else the n-th picks of all owners together,
    longest owners first: several times faster than numpy's `add.at`, and than `add.reduceat` on
    short runs. Both ways add in the same order, so that sums do not depend on who is beside whom.
    """
    if not len(picks):
        return
    starts = np.flatnonzero(owner[1:] != owner[:-1]) + 1
    bounds = [0, *starts.tolist(), len(picks)]
    # Of a single column NumPy adds pairs of pairs, not one after the other.
    if len(starts) < max(map(sub, bounds[1:], bounds)) and totals.shape[1] > 1:
        for start, end in pairwise(bounds):
            run = vectors.take(picks[start:end], axis=0)
            totals[owner[start]] += np.add.reduce(run, axis=0, dtype=np.float32)
    else:
        totals[owner[bounds[:-1]]] += _added_by_turns(vectors, picks, np.array(bounds))


def _added_by_turns(
    vectors: Floats | npt.NDArray[np.int8], picks: Integers, bounds: Integers
) -> Floats:
    """The sum of each run of picks, which begins at one bound and ends at the next."""
    starts, lengths = bounds[:-1], np.diff(bounds)
    order = np.argsort(-lengths, kind="stable")
    sorted_starts, falling = starts[order], -lengths[order]
    sums = np.zeros((len(starts), vectors.shape[1]), np.float32)
    counts = np.searchsorted(falling, -np.arange(-falling[0])).tolist()
    for n, count in enumerate(counts):
        sums[:count] += vectors.take(picks[sorted_starts[:count] + n], axis=0)
    sums[order] = sums.copy()
    return sums


@dataclass(frozen=True, slots=True)
class Table:
    """Weights of hashed tokens: `values * scale` is [buckets, heads], `idf` is [buckets].

    Values are floats as trained, or 8-bit integers with one scale a head. A token whose
    inverse document frequency is 0 weighs nothing.
    """

    values: Weights
    scale: Floats
    idf: Floats

    @classmethod
    def trained(cls, weights: Floats, idf: Floats) -> Table:
        """A table of 32-bit weights."""
        return cls(weights, np.ones(weights.shape[1], np.float32), idf)

    def quantized(self) -> Table:
        """The same weights in 8 bits."""
        weights = self.values * self.scale
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-6).astype(np.float32) / 127
        values = np.rint(weights / scale).astype(np.int8)
        return Table(values, scale, self.idf.astype(np.float16).astype(np.float32))

    def vectors(self, buckets: Integers) -> Floats:
        """Weights of some buckets, and in the last column their squared idf."""
        weights = self.values.take(buckets, axis=0) * self.scale
        return np.column_stack([weights, np.square(self.idf[buckets])])

    def sums(self, buckets: Integers, owner: Owners, count: int) -> Floats:
        """The `vectors` of all buckets of an owner added up, [count, heads + 1]."""
        sums = np.zeros((count, len(self.scale) + 1), np.float32)
        add_by_owner(sums[:, :-1], self.values, buckets, owner)
        sums[:, :-1] *= self.scale
        sums[:, -1] = np.bincount(owner, np.square(self.idf[buckets]), count)
        return sums

    def stored(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """The arrays of a saved model, by name."""
        half = self.idf.astype(np.float16)
        return {name: self.values, f"{name}_scale": self.scale, f"{name}_idf": half}

    @classmethod
    def loaded(cls, file: Mapping[str, npt.NDArray[Any]], name: str) -> Table:
        """What `stored` gave."""
        return cls(file[name], file[f"{name}_scale"], file[f"{name}_idf"].astype(np.float32))
