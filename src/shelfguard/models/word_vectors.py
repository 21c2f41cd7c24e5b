"""Words as numbers, with the weights of all their n-grams added up once and for all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from zlib import crc32

import numpy as np

from shelfguard.models.growing import Growing
from shelfguard.models.table import Floats, Integers, Table
from shelfguard.models.words import END, SPACED_END, shape, split_words, word_grams

CACHED_WORDS = 1 << 16

CACHED_BYTES = 1 << 24
"""Of the words themselves: a seller may write one of megabytes."""


class WordVectors:
    """The words met so far; number 0 ends a text, and weighs nothing."""

    def __init__(self, table: Table) -> None:
        self._table, self._bytes = table, 0
        self._forget_shapes()
        self._forget_words()

    @property
    def vectors(self) -> Floats:
        """By word, [words, heads + 1]; last the squared inverse document frequencies of n-grams."""
        return self._vectors.rows

    @property
    def hashes(self) -> Integers:
        """By word, [words]."""
        return self._hashes.rows

    @property
    def rarities(self) -> Floats:
        """The inverse document frequency of each whole word, [words]."""
        return self._rarities.rows

    def tokens(self, texts: Sequence[str]) -> Integers:
        """Word numbers in reading order; 0 ends a text."""
        return self.numbers(split_words(f"{SPACED_END.join(texts)}{SPACED_END}"))

    def numbers(self, words: Sequence[bytes]) -> Integers:
        """The number of each word; they hold until the next call."""
        if len(self._numbers) > CACHED_WORDS or self._bytes > CACHED_BYTES:
            self._forget_words()
        try:
            return self._known_numbers(words)
        except KeyError:
            self._learn_words(set(words).difference(self._numbers))
            return self._known_numbers(words)

    def _known_numbers(self, words: Sequence[bytes]) -> Integers:
        return np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))

    def _forget_words(self) -> None:
        self._numbers: dict[bytes, int] = {END.encode(): 0}
        if len(self._shapes) > CACHED_WORDS or self._bytes > CACHED_BYTES:
            self._forget_shapes()
        self._bytes = 0

    def _forget_shapes(self) -> None:
        self._shapes: dict[bytes, int] = {END.encode(): 0}
        self._vectors = Growing(np.zeros((1, len(self._table.scale) + 1), np.float32))
        self._hashes = Growing(np.zeros(1, np.int64))
        self._rarities = Growing(np.zeros(1, np.float32))

    def _learn_words(self, words: set[bytes]) -> None:
        """Number new words; those of one shape have one number."""
        self._bytes += sum(map(len, words))
        shapes = {word: shape(word) for word in words}
        self._learn_shapes(sorted(set(shapes.values()).difference(self._shapes)))
        self._numbers.update((word, self._shapes[known]) for word, known in shapes.items())

    def _learn_shapes(self, shapes: list[bytes]) -> None:
        """Add up each new shape's n-grams, once and for all."""
        if not shapes:
            return
        grams = [word_grams(word) for word in shapes]
        numbers = np.arange(len(shapes), dtype=np.int32)
        owner = np.repeat(numbers, [len(g) for g in grams])
        hashes = np.fromiter(map(crc32, chain.from_iterable(grams)), np.int64, len(owner))
        buckets = hashes % len(self._table.idf)
        whole = buckets[np.searchsorted(owner, numbers)]
        first = len(self._shapes)
        self._shapes.update(zip(shapes, range(first, first + len(shapes)), strict=True))
        self._vectors.add(self._table.sums(buckets, owner, len(shapes)))
        self._rarities.add(self._table.idf[whole])
        self._hashes.add(np.fromiter(map(crc32, shapes), np.int64, len(shapes)))
