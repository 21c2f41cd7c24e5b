"""Rows that must share a split: near-duplicates, twins, and what one seller lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from datasketch import MinHash, MinHashLSH

from shelfguard.learn.data.catalog import Progress
from shelfguard.learn.data.collected import Entry
from shelfguard.learn.data.corpus import TWIN
from shelfguard.learn.data.dataset import Origin
from shelfguard.policy.similar import NEAR_DUPLICATE, shingles

BANDS, BAND_ROWS = 25, 5
"""MinHash bands: a pair at a Jaccard similarity of .8 goes unseen once in 20,000 times."""

REPORT_EVERY = 500

Shingles = npt.NDArray[np.uint64]
Wanted = Callable[[int, int], bool]


class DisjointSets:
    """Which items hang together, directly or through others (union-find; Tarjan, 1975)."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, item: int) -> int:
        while self._parents[item] != item:
            self._parents[item] = self._parents[self._parents[item]]
            item = self._parents[item]
        return item

    def join(self, a: int, b: int) -> bool:
        """Put the sets of two items together; False where they already were one."""
        a, b = self.root(a), self.root(b)
        self._parents[max(a, b)] = min(a, b)
        return a != b


def group(
    entries: Sequence[Entry], texts: Sequence[str], progress: Progress
) -> tuple[list[str], dict[str, int]]:
    """The group of each row, and counts of what ties rows together.

    A group is named after the least content hash in it, so that the order of the rows makes no
    difference.
    """
    sets = DisjointSets(len(entries))
    columns = zip(*((e.seller, e.origin, e.source) for e in entries), strict=True)
    sellers = telling_sellers(*columns) if entries else []
    ties = {
        "twins": sum(sets.join(a, b) for a, b in _chains(map(_twin, entries))),
        "sellers": sum(sets.join(a, b) for a, b in _chains(sellers)),
    }
    apart: Wanted = lambda a, b: sets.root(a) != sets.root(b)  # noqa: E731
    pairs = near_duplicates(texts, apart, progress)
    ties["near-duplicates"] = sum(sets.join(a, b) for a, b, _ in pairs)
    names: dict[int, str] = {}
    roots = [sets.root(place) for place in range(len(entries))]
    for root, entry in zip(roots, entries, strict=True):
        names[root] = min(names.get(root, entry.content_hash), entry.content_hash)
    sizes = Counter(roots).values()
    counts = {"groups": len(sizes), "largest": max(sizes, default=0), **ties}
    return [names[root] for root in roots], counts


def _twin(entry: Entry) -> Hashable:
    return TWIN.sub("", entry.name) if entry.origin is Origin.WRITTEN else None


def telling_sellers(
    sellers: Sequence[str | None], origins: Sequence[str], sources: Sequence[str]
) -> list[str | None]:
    """The seller of each real row, where its feed tells sellers apart; elsewhere None.

    Sellers of written rows are invented and shared by rows that have nothing else in common. A
    feed of one seller alone would be one group, which says nothing.
    """
    rows = list(zip(sellers, origins, sources, strict=True))
    known: dict[str, set[str]] = defaultdict(set)
    for seller, origin, source in rows:
        if seller and origin == Origin.REAL:
            known[source].add(seller)
    return [
        seller if seller and origin == Origin.REAL and len(known[source]) > 1 else None
        for seller, origin, source in rows
    ]


def _chains(keys: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """(earlier place, place) for each key seen before; None is no key."""
    first: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        if key is not None and first.setdefault(key, place) != place:
            yield first[key], place


def near_duplicates(
    texts: Sequence[str], wanted: Wanted, progress: Progress
) -> Iterator[tuple[int, int, float]]:
    """(earlier place, place, Jaccard similarity) of near-duplicates that the caller wants.

    Candidates share a band of MinHashes (Broder, 1997; Leskovec et al., "Mining of Massive
    Datasets", chapter 3) and are then compared exactly. Of texts alike but for case and spacing
    only the first is compared with others. `wanted` is asked anew at each pair.
    """
    sets = [shingles(text) for text in texts]
    index = MinHashLSH(num_perm=BANDS * BAND_ROWS, params=(BANDS, BAND_ROWS))
    first: dict[bytes, int] = {}
    for place, signature in enumerate(_signatures(sets)):
        if place % REPORT_EVERY == 0:
            progress("Comparing texts", place, len(sets))
        original = first.setdefault(sets[place].tobytes(), place)
        if original != place:
            if wanted(original, place):
                yield original, place, 1.0
            continue
        for other in sorted(index.query(signature)):
            if wanted(other, place):
                similarity = jaccard(sets[other], sets[place])
                if similarity >= NEAR_DUPLICATE:
                    yield other, place, similarity
        index.insert(place, signature, check_duplication=False)
    progress("Comparing texts", len(sets), len(sets))


def _signatures(sets: Sequence[Shingles]) -> Iterator[MinHash]:
    plain = (each.tolist() for each in sets)
    signatures: Iterator[MinHash] = MinHash.generator(
        plain, num_perm=BANDS * BAND_ROWS, hashfunc=int, scheme="affine64"
    )
    return signatures


def jaccard(a: Shingles, b: Shingles) -> float:
    """|a & b| / |a | b| of two sets, each as sorted distinct numbers."""
    fewer, more = sorted((len(a), len(b)))
    if fewer < NEAR_DUPLICATE * more:
        return fewer / more
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (fewer + more - shared)
