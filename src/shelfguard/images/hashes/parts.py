"""How hashes are cut into parts, so that near ones nearly agree in one part at least.

Two hashes that differ in at most r bits cannot differ in more than r_i bits of each part i if the
r_i + 1 add up to r + 1. So a table a part, asked for all keys within r_i of the query's, finds
every near hash. Source: multi-index hashing, Norouzi, Punjani and Fleet, CVPR 2012, with radii that
differ between parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, combinations
from math import comb

import numpy as np
import numpy.typing as npt

from shelfguard.images.hashes.hamming import Words
from shelfguard.images.hashes.spread import BITS

WORD_BITS = 64

MAX_WIDTH = 24
"""Bits of a part: a table has an offset of 4 bytes for every key, 64 MB at this width."""

MAX_PARTS = 32
"""With more, parts are too narrow to tell hashes apart."""

PROBE, CANDIDATE, TABLE = 30, 22, 500
"""Nanoseconds for asking for one key, comparing one hash found, and turning to the next table.

Measured on one core at a million and at ten million hashes; only their ratios matter."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some bits of a spread hash, and in how many of them a near hash may differ."""

    start: int
    width: int
    radius: int

    def keys(self, spread: Words) -> npt.NDArray[np.uint32]:
        """This part of each hash as a number."""
        word, shift = divmod(self.start, WORD_BITS)
        bits = spread[:, word] >> np.uint64(shift)
        if shift + self.width > WORD_BITS:
            bits |= spread[:, word + 1] << np.uint64(WORD_BITS - shift)
        return (bits & np.uint64((1 << self.width) - 1)).astype(np.uint32)

    def flips(self) -> npt.NDArray[np.uint32]:
        """What turns a key into every key within the radius, by exclusive or."""
        return np.array(sorted(_flips(self.width, self.radius)), np.uint32)

    def cost(self, count: int) -> float:
        """Nanoseconds of a look-up in this part's table of `count` hashes."""
        probes = sum(comb(self.width, flipped) for flipped in range(self.radius + 1))
        return TABLE + probes * (PROBE + CANDIDATE * count / (1 << self.width))


def plan(count: int, radius: int) -> tuple[Part, ...]:
    """The parts that make look-ups within `radius` among `count` hashes cheapest."""
    widest = min(MAX_WIDTH, count.bit_length() + 1)  # more keys than that would stay empty
    choices = (split(n, radius, widest) for n in range(1, min(radius + 1, MAX_PARTS) + 1))
    return min(choices, key=lambda parts: sum(part.cost(count) for part in parts))


def split(parts: int, radius: int, widest: int = MAX_WIDTH) -> tuple[Part, ...]:
    """Parts of even width; the first ones, which are the widest, bear one more differing bit.

    Of parts that would be wider than `widest`, the first bits count.
    """
    widths = [len(range(part, BITS, parts)) for part in range(parts)]
    starts = accumulate(widths, initial=0)
    share, rest = divmod(radius + 1, parts)
    return tuple(
        Part(start, min(width, widest), share - 1 + (number < rest))
        for number, (start, width) in enumerate(zip(starts, widths, strict=False))
    )


def _flips(width: int, radius: int) -> Iterator[int]:
    for flipped in range(radius + 1):
        for bits in combinations(range(width), flipped):
            yield sum(1 << bit for bit in bits)
