"""The student: an additive text model, so a listing's score is a sum over its words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile

import numpy as np

from shelfguard.errors import REBUILD, ModelError
from shelfguard.models.table import Floats, Integers, Owners, Table, add_by_owner
from shelfguard.models.word_vectors import WordVectors
from shelfguard.models.words import WORD, pair_buckets

NEAR = "near"
"""The head that tells listings near any clause, legal or not, from the rest of a catalog."""

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
        self._known = WordVectors(words)

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
        tokens = self._known.tokens(texts)
        ends = tokens == 0
        return tokens, rows[np.cumsum(ends) - ends]

    def _totals(self, tokens: Integers, owner: Owners, count: int) -> Floats:
        """Token weights summed by listing, and in the last column their squared length."""
        totals = np.zeros((count, len(self.clauses) + 1), np.float32)
        add_by_owner(totals, self._known.vectors, tokens, owner)
        self._add_pairs(tokens, owner, totals)
        return totals

    def _rarity(self, tokens: Integers, owner: Owners, count: int) -> Floats:
        words = np.bincount(owner, tokens > 0, count)
        sums = np.bincount(owner, self._known.rarities[tokens], count)
        return np.where(words < FEW_WORDS, 0, sums / np.maximum(words, 1)).astype(np.float32)

    def _add_pairs(self, tokens: Integers, owner: Owners, totals: Floats) -> None:
        inside = np.flatnonzero((tokens[:-1] > 0) & (tokens[1:] > 0))
        hashes = self._known.hashes[tokens]
        buckets = pair_buckets(hashes[inside], hashes[inside + 1], len(self._pair_rows))
        rows = self._pair_rows[buckets]
        known = rows >= 0
        add_by_owner(totals, self._pair_vectors, rows[known], owner[inside[known]])

    def contributions(self, text: str, clause: int, norm: float) -> list[Contribution]:
        """What each word of a folded text adds to a clause; a pair counts half for each word."""
        spans = [match.span() for match in WORD.finditer(text)]
        words = [text[start:end].encode("utf-8", "replace") for start, end in spans]
        numbers = self._known.numbers(words)
        weights: list[float] = self._known.vectors[numbers, clause].tolist()
        hashes = self._known.hashes[numbers]
        pairs = self._pair_rows[pair_buckets(hashes[:-1], hashes[1:], len(self._pair_rows))]
        for i, row in enumerate(pairs):
            half = float(self._pair_vectors[row, clause]) / 2 if row >= 0 else 0.0
            weights[i] += half
            weights[i + 1] += half
        return [
            Contribution(start, end, weight / norm)
            for (start, end), weight in zip(spans, weights, strict=True)
        ]


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
