"""What boosting knows of a (listing, clause) pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.model_selection import GroupKFold

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Part
from shelfguard.listing import Batch
from shelfguard.signals.base import Derived, Signal, find_hits

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

BUCKETS = 1 << 16
SMOOTHING = 1.0
FOLDS = 5
LANGUAGES = ("en", "fr")
PHRASES = ("lexicon", "lexicon-weak", "lexicon-context")
"""The findings that name a clause after their colon."""

UNKNOWN = -1.0
"""A fact that is not given; not NaN, of which scikit-learn cannot take a whole column."""

LEAST_ROWS = 5
"""A finding in fewer rows is no feature of its own."""


@dataclass(frozen=True, slots=True)
class Read:
    """A batch as read: words [listings, buckets], phrases [kinds, listings, clauses], others."""

    words: sparse.csr_matrix
    phrases: Floats
    findings: list[set[str]]
    facts: Floats

    @property
    def named(self) -> Flags:
        """The pairs [listings, clauses] that a phrase names."""
        return np.asarray(self.phrases.any(axis=0), np.bool_)


class PairReader:
    """Reads listings through a pack's rule signals."""

    def __init__(self, signals: Sequence[Signal], clauses: Sequence[str]) -> None:
        self.clauses, self._signals = list(clauses), signals
        self._words = HashingVectorizer(
            n_features=BUCKETS, alternate_sign=False, norm=None, binary=True, ngram_range=(1, 2)
        )

    def read(self, batch: Batch) -> Read:
        derived = Derived(batch)
        texts: list[list[str]] = [[] for _ in range(len(batch))]
        for row, text in zip(derived.segments.rows.tolist(), derived.folded, strict=True):
            texts[row].append(text)
        phrases = np.zeros((len(PHRASES), len(batch), len(self.clauses)), np.float32)
        findings: list[set[str]] = [set() for _ in range(len(batch))]
        places = {clause: column for column, clause in enumerate(self.clauses)}
        for hit in find_hits(self._signals, derived):
            kind, _, name = hit.feature.partition(":")
            if kind in PHRASES and name in places:
                phrases[PHRASES.index(kind), hit.row, places[name]] += 1
            elif kind not in PHRASES:
                findings[hit.row].add(hit.feature)
        words = self._words.transform([" ".join(found) for found in texts])
        return Read(words, phrases, findings, _facts(batch, texts))


def _facts(batch: Batch, texts: Sequence[Sequence[str]]) -> Floats:
    """Price, discount, lengths, counts and languages [listings, facts]; UNKNOWN where not given."""
    columns = ["price", "compare_at", "title", "brand", "category", "attributes", "images"]
    rows = batch.table.select(columns).to_pylist()
    facts = [_fact_row(row, found) for row, found in zip(rows, texts, strict=True)]
    return np.array(facts, np.float32).reshape(len(batch), -1)


def _fact_row(row: Mapping[str, Any], texts: Sequence[str]) -> list[float]:
    price, before = row["price"], row["compare_at"]
    title = " ".join(text for _, text in row["title"])
    languages = {lang for lang, _ in row["title"]}
    return [
        UNKNOWN if price is None else price,
        price / before if price is not None and before else UNKNOWN,
        len(title),
        sum(map(len, texts)),
        sum(map(str.isupper, title)) / max(1, len(title)),
        sum(map(str.isdigit, title)) / max(1, len(title)),
        len(texts),
        len(row["attributes"] or ()),
        len(row["images"] or ()),
        row["brand"] is not None,
        row["category"] is not None,
        *(lang in languages for lang in LANGUAGES),
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch's pairs look like; `matrix` lays out those that are asked for."""

    named: Flags
    ratios: Floats
    phrases: Floats
    listing: Floats

    def matrix(self, rows: Integers, columns: Integers) -> Floats:
        """Features [pairs, features] of these (listing, clause) pairs."""
        own = self.ratios[rows, columns]
        best = self.ratios.max(axis=1)[rows]
        rank = (-self.ratios).argsort(axis=1).argsort(axis=1)[rows, columns]
        ours = self.phrases[:, rows, columns]
        others = self.phrases.sum(axis=2)[:, rows] - ours
        pair = np.column_stack([own, own - best, rank, columns, ours.T, others.T])
        return np.hstack([pair, self.listing[rows]]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class PairFeatures:
    """The words' log-count ratios [buckets, clauses], and the findings that are features.

    A ratio is how much more often a word stands in violating rows than in others, as in Wang and
    Manning, "Baselines and bigrams" (2012).
    """

    ratios: Floats
    findings: list[str]

    @classmethod
    def fit(cls, reader: PairReader, part: Part) -> tuple[Self, Found]:
        """Learn from a part; beside that, what its own pairs look like, ratios out of fold."""
        read = reader.read(part.batch)
        names = sorted(set().union(*read.findings))
        frequent = [n for n in names if sum(n in own for own in read.findings) >= LEAST_ROWS]
        violates = np.nan_to_num(part.targets) * part.weights[:, None]
        innocent = np.nan_to_num(1 - part.targets) * part.weights[:, None]
        out_of_fold = np.zeros(part.targets.shape, np.float32)
        groups = part.column("group")
        folds = min(FOLDS, len(set(groups)))
        for train, test in GroupKFold(folds).split(violates, groups=groups):
            ratios = _log_ratios(read.words[train], violates[train], innocent[train])
            out_of_fold[test] = _mean(read.words[test], ratios)
        fitted = cls(_log_ratios(read.words, violates, innocent), frequent)
        return fitted, fitted._found(read, out_of_fold)

    def read(self, reader: PairReader, batch: Batch) -> Found:
        """What the pairs of a batch look like."""
        read = reader.read(batch)
        return self._found(read, _mean(read.words, self.ratios))

    def _found(self, read: Read, ratios: Floats) -> Found:
        flags = [[name in own for name in self.findings] for own in read.findings]
        binary = np.array(flags, np.float32).reshape(len(read.findings), len(self.findings))
        return Found(read.named, ratios, read.phrases, np.hstack([read.facts, binary]))

    def save(self, path: Path) -> None:
        """The same features give the same bytes."""
        half = self.ratios.astype(np.float16)
        np.savez_compressed(path, ratios=half, findings=np.array(self.findings, np.str_))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: it is no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(arrays["ratios"].astype(np.float32), arrays["findings"].tolist())
        except (OSError, ValueError, KeyError) as error:
            fix = "Train it again: shelfguard model train"
            raise ModelError(f"no features ({error})", file=path, fix=fix) from error


def _log_ratios(words: sparse.csr_matrix, violates: Floats, innocent: Floats) -> Floats:
    """[buckets, clauses]; 0 for a word that was never seen."""
    counts = [np.asarray(words.T @ weights) for weights in (violates, innocent)]
    seen = (counts[0] + counts[1]) > 0
    shares = [
        (count + SMOOTHING) / (weights.sum(axis=0) + 2 * SMOOTHING)
        for count, weights in zip(counts, (violates, innocent), strict=True)
    ]
    return np.where(seen, np.log(shares[0] / shares[1]), 0).astype(np.float32)


def _mean(words: sparse.csr_matrix, ratios: Floats) -> Floats:
    """The sum of the words' ratios over the root of their number [listings, clauses]."""
    length = np.sqrt(np.maximum(1, words.getnnz(axis=1)))[:, None]
    return np.asarray((words @ ratios) / length, np.float32)
