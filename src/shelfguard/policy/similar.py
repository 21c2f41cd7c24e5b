"""Near-duplicate texts by character shingles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

SHINGLE = 5
NEAR_DUPLICATE = 0.8
"""The Jaccard similarity from which two texts are taken for the same one."""

MULTIPLIERS = np.array([pow(0x9E3779B97F4A7C15, n, 1 << 64) for n in range(SHINGLE)], np.uint64)


def similar_pairs(
    left: Sequence[str], right: Sequence[str], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """(left index, right index, Jaccard similarity) of every pair at or above `threshold`.

    Exact but for collisions of 64-bit hashes. Only pairs that share one of their rarest
    few shingles are compared, as in Bayardo et al., "Scaling up all pairs similarity
    search" (2007).
    """
    split = len(left)
    sets = _ranked_shingles([*left, *right])
    index: defaultdict[int, list[int]] = defaultdict(list)
    for n in range(split, len(sets)):
        for shingle in _prefix(sets[n], threshold):
            index[shingle].append(n)
    for n in range(split):
        candidates = {m for shingle in _prefix(sets[n], threshold) for m in index.get(shingle, ())}
        for m in sorted(candidates):
            similarity = _jaccard(sets[n], sets[m])
            if similarity >= threshold:
                yield n, m - split, similarity


def _ranked_shingles(texts: Sequence[str]) -> list[frozenset[int]]:
    """The shingles of each text as numbers, rarest shingle first."""
    if not texts:
        return []
    hashes = [shingles(text) for text in texts]
    _, place, counts = np.unique(np.concatenate(hashes), return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    ends = np.cumsum([len(part) for part in hashes])
    return [frozenset(part.tolist()) for part in np.split(rank[place], ends[:-1])]


def shingles(text: str) -> npt.NDArray[np.uint64]:
    """Distinct 64-bit hashes of every run of SHINGLE characters, case and spacing aside."""
    plain = " ".join(text.casefold().split()).ljust(SHINGLE)
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes, SHINGLE)
    return np.unique(windows @ MULTIPLIERS)


def _prefix(shingles: frozenset[int], threshold: float) -> list[int]:
    """The rarest shingles, one of which any similar set must share."""
    size = len(shingles)
    return sorted(shingles)[: size - ceil(threshold * size - 1e-9) + 1]


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
