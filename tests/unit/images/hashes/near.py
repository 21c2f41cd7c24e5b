"""Hashes at known distances."""

from __future__ import annotations

import numpy as np

from shelfguard.images.hashes.hamming import Words

BITS = 256


def random_words(count: int, seed: int = 0) -> Words:
    """Hashes as unlike each other as chance makes them: some 128 bits apart."""
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=np.uint64)


def flipped(words: Words, bits: int, seed: int = 0) -> Words:
    """Each hash with so many of its bits turned over."""
    rng = np.random.default_rng(seed)
    chosen = np.zeros((len(words), BITS), np.uint8)
    for row in chosen:
        row[rng.choice(BITS, bits, replace=False)] = 1
    near: Words = words ^ np.packbits(chosen, axis=1).view("<u8")
    return near
