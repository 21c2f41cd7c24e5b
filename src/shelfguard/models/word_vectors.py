"""Words as numbers, with the weights of all their n-grams added up once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from zlib import crc32

import numpy as np

from shelfguard.models.table import Floats, Integers, Table
from shelfguard.models.words import END, SPACED_END, shape, split_words, word_grams

CACHED_WORDS = 1 << 16


class WordVectors:
    """The words met so far; number 0 ends a text, and weighs nothing.

    By number: `vectors` [words, heads + 1] with the squared inverse document frequency of their
    n-grams in the last column, `hashes` [words], and `rarities` [words], the inverse document
    frequency of the whole word.
    """

    vectors: Floats
    hashes: Integers
    rarities: Floats

    def __init__(self, table: Table) -> None:
        self._table = table
        self._forget_shapes()
        self._forget_words()

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Word numbers in reading order; 0 ends a text."""
        if len(self._numbers) > CACHED_WORDS:
            self._forget_words()
        words = split_words(f"{SPACED_END.join(texts)}{SPACED_END}")
        try:
            return list(map(self._numbers.__getitem__, words))
        except KeyError:
            self._learn_words(set(words).difference(self._numbers))
            return list(map(self._numbers.__getitem__, words))

    def _forget_words(self) -> None:
        self._numbers: dict[bytes, int] = {END.encode(): 0}
        if len(self._shapes) > CACHED_WORDS:
            self._forget_shapes()

    def _forget_shapes(self) -> None:
        self._shapes: dict[bytes, int] = {END.encode(): 0}
        self.vectors = np.zeros((1, len(self._table.scale) + 1), np.float32)
        self.hashes = np.zeros(1, np.int64)
        self.rarities = np.zeros(1, np.float32)

    def _learn_words(self, words: set[bytes]) -> None:
        """Number new words; those of one shape have one number."""
        shapes = {word: shape(word) for word in words}
        self._learn_shapes(sorted(set(shapes.values()).difference(self._shapes)))
        self._numbers.update((word, self._shapes[known]) for word, known in shapes.items())

    def _learn_shapes(self, shapes: list[bytes]) -> None:
        """Add up each new shape's n-grams, once and for all."""
        if not shapes:
            return
        grams = [word_grams(word) for word in shapes]
        owner = np.repeat(np.arange(len(shapes), dtype=np.int32), [len(g) for g in grams])
        hashes = np.fromiter(map(crc32, chain.from_iterable(grams)), np.int64, len(owner))
        buckets = hashes % len(self._table.idf)
        vectors = self._table.sums(buckets, owner, len(shapes))
        whole = buckets[np.flatnonzero(np.diff(owner, prepend=-1))]
        self.rarities = np.concatenate([self.rarities, self._table.idf[whole]])
        first = len(self._shapes)
        self._shapes.update(zip(shapes, range(first, first + len(shapes)), strict=True))
        self.vectors = np.concatenate([self.vectors, vectors])
        hashes = np.fromiter(map(crc32, shapes), np.int64, len(shapes))
        self.hashes = np.concatenate([self.hashes, hashes])
