"""The student: an additive text model, so a listing's score is a sum over its words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile
from zlib import crc32

import numpy as np

from shelfguard.errors import REBUILD, ModelError
from shelfguard.models.table import Floats, Integers, Owners, Table, add_by_owner
from shelfguard.models.words import (
    END,
    SPACED_END,
    WORD,
    pair_buckets,
    shape,
    split_words,
    word_buckets,
    word_grams,
)

NEAR = "near"
"""The head that tells listings near any clause, legal or not, from the rest of a catalog."""

CACHED_WORDS = 1 << 16

FEW_WORDS = 4
"""Fewer words than these say nothing about how familiar a listing is."""

ARRAYS = (
    *("clauses", "feature_names", "features", "bias"),
    *(f"{table}{part}" for table in ("words", "pairs") for part in ("", "_scale", "_idf")),
)
"""What a saved student holds."""


class Contribution(NamedTuple):
    """How much one stretch of folded text adds to one clause's log-odds."""

    start: int
    end: int
    weight: float


class Reading(NamedTuple):
    """What a student makes of listings.

    `scores` are log-odds [listings, clauses]. `rarity` [listings] is the mean inverse document
    frequency of a listing's words, and 0 where it has fewer than `FEW_WORDS`.
    """

    scores: Floats
    rarity: Floats


class Student:
    """Hashed words, character n-grams and word pairs with one linear head a clause.

    The log-odds of clause c are `bias[c] + sum(w[token, c]) / norm + sum(u[feature, c])`,
    where norm is the Euclidean length of the token weights' inverse document frequencies
    and features are the findings of other signals. Subword hashing follows Bojanowski et
    al., "Enriching word vectors with subword information" (2017).
    """

    def __init__(
        self,
        clauses: Sequence[str],
        words: Table,
        pairs: Table,
        features: dict[str, Floats],
        bias: Floats,
    ) -> None:
        self.clauses = tuple(clauses)
        self.words, self.pairs, self.features, self.bias = words, pairs, features, bias
        known = np.flatnonzero(pairs.idf)
        self._pair_vectors = pairs.vectors(known)
        self._pair_rows = np.full(len(pairs.idf), -1, np.int64)
        self._pair_rows[known] = np.arange(len(known))
        self._forget_shapes()
        self._forget_words()

    @classmethod
    def load(cls, path: Path) -> Student:
        """Read a file written by `save`.

        Raises:
            ModelError: it is no such file, or one of an older version, which lacks an array.
        """
        with path.open("rb") as stream, _archive(stream, path) as file:
            if missing := [name for name in ARRAYS if name not in file]:
                raise ModelError(f"no array {missing[0]!r}", file=path, fix=REBUILD)
            names, weights = file["feature_names"].tolist(), file["features"]
            return cls(
                clauses=file["clauses"].tolist(),
                words=Table.loaded(file, "words"),
                pairs=Table.loaded(file, "pairs"),
                features=dict(zip(names, weights, strict=True)),
                bias=file["bias"],
            )

    def save(self, path: Path) -> None:
        """Write the model in 8 bits; the same weights give the same bytes."""
        arrays: dict[str, Any] = {
            "clauses": np.array(self.clauses),
            "feature_names": np.array(list(self.features)),
            "features": np.array(list(self.features.values()), np.float32),
            "bias": self.bias,
            **self.words.quantized().stored("words"),
            **self.pairs.quantized().stored("pairs"),
        }
        np.savez_compressed(path, **arrays)

    def read(
        self,
        texts: Sequence[str],
        rows: Owners,
        found: Sequence[tuple[int, str]],
        count: int,
    ) -> Reading:
        """Read `count` listings: folded segment texts, and (row, feature) findings.

        `rows` gives the listing of each text and must not decrease.
        """
        tokens, owner = self._owned_tokens(texts, rows)
        totals = self._totals(tokens, owner, count)
        scores = self.bias + totals[:, :-1] / _norms(totals)
        for row, feature in found:
            if feature in self.features:
                scores[row] += self.features[feature]
        return Reading(scores, self._rarity(tokens, owner, count))

    def norm(self, texts: Sequence[str]) -> float:
        """What the token weights of one listing are divided by."""
        tokens, owner = self._owned_tokens(texts, np.zeros(len(texts), np.int32))
        return float(_norms(self._totals(tokens, owner, 1))[0, 0])

    def _owned_tokens(self, texts: Sequence[str], rows: Owners) -> tuple[Integers, Owners]:
        """Word numbers of all texts, each ended by a 0, and the listing of each."""
        if not texts:
            return np.empty(0, np.int64), np.empty(0, np.int32)
        tokens = np.array(self._tokens(texts), np.int64)
        ends = tokens == 0
        return tokens, rows[np.cumsum(ends) - ends]

    def _totals(self, tokens: Integers, owner: Owners, count: int) -> Floats:
        """Token weights summed by listing, and in the last column their squared length."""
        totals = np.zeros((count, len(self.clauses) + 1), np.float32)
        add_by_owner(totals, self._vectors, tokens, owner)
        self._add_pairs(tokens, owner, totals)
        return totals

    def _rarity(self, tokens: Integers, owner: Owners, count: int) -> Floats:
        words = np.bincount(owner, tokens > 0, count)
        sums = np.bincount(owner, self._rarities[tokens], count)
        return np.where(words < FEW_WORDS, 0, sums / np.maximum(words, 1)).astype(np.float32)

    def _tokens(self, texts: Sequence[str]) -> list[int]:
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
        self._vectors = np.zeros((1, len(self.clauses) + 1), np.float32)
        self._hashes = np.zeros(1, np.int64)
        self._rarities = np.zeros(1, np.float32)

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
        buckets = hashes % len(self.words.idf)
        vectors = self.words.sums(buckets, owner, len(shapes))
        whole = buckets[np.flatnonzero(np.diff(owner, prepend=-1))]
        self._rarities = np.concatenate([self._rarities, self.words.idf[whole]])
        first = len(self._shapes)
        self._shapes.update(zip(shapes, range(first, first + len(shapes)), strict=True))
        self._vectors = np.concatenate([self._vectors, vectors])
        hashes = np.fromiter(map(crc32, shapes), np.int64, len(shapes))
        self._hashes = np.concatenate([self._hashes, hashes])

    def _add_pairs(self, tokens: Integers, owner: Owners, totals: Floats) -> None:
        inside = np.flatnonzero((tokens[:-1] > 0) & (tokens[1:] > 0))
        hashes = self._hashes[tokens]
        buckets = pair_buckets(hashes[inside], hashes[inside + 1], len(self._pair_rows))
        rows = self._pair_rows[buckets]
        known = rows >= 0
        add_by_owner(totals, self._pair_vectors, rows[known], owner[inside[known]])

    def contributions(self, text: str, clause: int, norm: float) -> list[Contribution]:
        """What each word of a folded text adds to a clause; a pair counts half for each word."""
        spans = [match.span() for match in WORD.finditer(text)]
        words = [shape(text[start:end].encode("utf-8", "replace")) for start, end in spans]
        weights = [self._word_weight(word, clause) for word in words]
        hashes = np.array([crc32(word) for word in words], np.int64)
        pairs = self._pair_rows[pair_buckets(hashes[:-1], hashes[1:], len(self._pair_rows))]
        for i, row in enumerate(pairs):
            half = float(self._pair_vectors[row, clause]) / 2 if row >= 0 else 0.0
            weights[i] += half
            weights[i + 1] += half
        return [
            Contribution(start, end, weight / norm)
            for (start, end), weight in zip(spans, weights, strict=True)
        ]

    def _word_weight(self, word: bytes, clause: int) -> float:
        buckets = word_buckets(word, len(self.words.idf))
        return float(self.words.values[buckets, clause].sum() * self.words.scale[clause])


def _archive(stream: BinaryIO, path: Path) -> np.lib.npyio.NpzFile:
    try:
        file = np.load(stream, allow_pickle=False)
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise ModelError(f"no model ({error})", file=path, fix=REBUILD) from error
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise ModelError("no model (one array alone)", file=path, fix=REBUILD)
    return file


def _norms(totals: Floats) -> Floats:
    return np.sqrt(np.maximum(totals[:, -1:], 1.0))
