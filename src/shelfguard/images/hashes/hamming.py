"""Hashes as rows of four 64-bit words, and which of them lie near each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.images.hashes.picture_hash import HASH_BYTES

Words = npt.NDArray[np.uint64]
"""Hashes, [rows, 4]: the bytes of each in the order in which it is written."""

Rows = npt.NDArray[np.int64]
Distances = npt.NDArray[np.uint16]

PAIRS_AT_ONCE = 1 << 18
"""Pairs compared at a time: their differences stay in a processor's second-level cache."""


class Hits(NamedTuple):
    """Which stored row lies within the radius of which query, nearest first; all of one length."""

    query: Rows
    row: Rows
    distance: Distances


def as_words(hashes: Iterable[bytes]) -> Words:
    """Hashes of 32 bytes each as rows of words."""
    return np.frombuffer(b"".join(hashes), "<u8").reshape(-1, HASH_BYTES // 8)


def distances(some: Words, others: Words) -> Distances:
    """In how many bits each row differs from the other array's row; rows of any number of words."""
    counts = np.bitwise_count(some ^ others)
    total: Distances = counts[..., 0].astype(np.uint16)
    for word in range(1, counts.shape[-1]):  # NumPy's sum is slow along so short an axis
        total += counts[..., word]
    return total


def hits_of(query: Rows, row: Rows, distance: Distances) -> Hits:
    """Hits in the order of queries, each one's nearest first."""
    order = np.lexsort((row, distance, query))
    return Hits(query[order], row[order], distance[order])


def scan(queries: Words, words: Words, radius: int) -> Hits:
    """Every stored row within `radius` of each query, found by comparing all."""
    found = [Hits(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint16))]
    step = max(1, PAIRS_AT_ONCE // max(1, len(words)))
    for start in range(0, len(queries), step):
        distance = distances(queries[start : start + step, None], words)
        query, row = np.nonzero(distance <= radius)
        found.append(Hits(query + start, row, distance[query, row]))
    return hits_of(*map(np.concatenate, zip(*found, strict=True)))
