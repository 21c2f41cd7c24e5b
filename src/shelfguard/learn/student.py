"""Train the student: a convex fit, so the same rows give the same weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from shelfguard.listing import Batch
from shelfguard.models.student import WORD, Floats, Student, pair_buckets, word_buckets
from shelfguard.signals.base import Derived, Signal

WORD_BUCKETS = 1 << 17
PAIR_BUCKETS = 1 << 16
STRENGTH = 30.0
POSITIVE_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Document:
    """A listing as the student reads it: folded segment texts and other signals' findings."""

    texts: list[str]
    findings: frozenset[str]


def read_documents(batch: Batch, signals: Sequence[Signal]) -> list[Document]:
    """The documents of a batch, seen through the same signals as in a scan."""
    derived = Derived(batch)
    findings: dict[int, set[str]] = defaultdict(set)
    for signal in signals:
        for hit in signal.run(derived):
            findings[hit.row].add(hit.feature)
    texts: dict[int, list[str]] = defaultdict(list)
    for row, text in zip(derived.segments.rows.tolist(), derived.folded, strict=True):
        texts[row].append(text)
    return [Document(texts[row], frozenset(findings[row])) for row in range(len(batch))]


def train(
    documents: Sequence[Document], targets: Floats, names: Sequence[str], strength: float = STRENGTH
) -> Student:
    """Fit one head a name on `targets`, 0 or 1, [documents, names]."""
    weighting = weigh(documents)
    matrix = design_matrix(documents, weighting)
    weight, bias = fit(matrix, targets, strength)
    return assemble(names, weight, bias, weighting)


@dataclass(frozen=True, slots=True)
class Weighting:
    """Inverse document frequencies by bucket, and the place of each signal feature."""

    words: Floats
    pairs: Floats
    features: dict[str, int]


@lru_cache(maxsize=1 << 17)
def _word_buckets(word: str) -> tuple[int, ...]:
    return tuple(word_buckets(word, WORD_BUCKETS))


def _buckets(document: Document) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The word and pair buckets of a document, with repeats."""
    words: list[int] = []
    pairs = [np.empty(0, np.int64)]
    for text in document.texts:
        tokens = WORD.findall(text)
        hashes = np.array([crc32(token.encode()) for token in tokens], np.int64)
        words.extend(bucket for token in tokens for bucket in _word_buckets(token))
        pairs.append(pair_buckets(hashes[:-1], hashes[1:], PAIR_BUCKETS))
    return np.array(words, np.int64), np.concatenate(pairs)


def weigh(documents: Sequence[Document], min_pair_documents: int = 3) -> Weighting:
    """Smoothed inverse document frequencies; pairs seen in fewer documents weigh nothing."""
    words, pairs = np.zeros(WORD_BUCKETS), np.zeros(PAIR_BUCKETS)
    names: set[str] = set()
    for document in documents:
        word, pair = _buckets(document)
        words[np.unique(word)] += 1
        pairs[np.unique(pair)] += 1
        names.update(document.findings)
    total = len(documents) + 1
    pair_idf = np.where(pairs >= min_pair_documents, np.log(total / (1 + pairs)) + 1, 0)
    return Weighting(
        words=(np.log(total / (1 + words)) + 1).astype(np.float32),
        pairs=pair_idf.astype(np.float32),
        features={name: i for i, name in enumerate(sorted(names))},
    )


def design_matrix(documents: Sequence[Document], weighting: Weighting) -> sparse.csr_matrix:
    """[documents, words + pairs + features], laid out so that a dot product is a score."""
    rows = [_design_row(document, weighting) for document in documents]
    indptr = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    width = WORD_BUCKETS + PAIR_BUCKETS + len(weighting.features)
    matrix = sparse.csr_matrix(
        (np.concatenate([r[1] for r in rows]), np.concatenate([r[0] for r in rows]), indptr),
        shape=(len(rows), width),
    )
    matrix.sum_duplicates()
    return matrix


def _design_row(document: Document, weighting: Weighting) -> tuple[npt.NDArray[np.int64], Floats]:
    word, pair = _buckets(document)
    pair = pair[weighting.pairs[pair] > 0]
    values = np.concatenate([weighting.words[word], weighting.pairs[pair]])
    norm = np.sqrt(max(1.0, float(np.square(values).sum())))
    found = [weighting.features[f] for f in document.findings if f in weighting.features]
    features = np.array(sorted(found), np.int64) + WORD_BUCKETS + PAIR_BUCKETS
    columns = np.concatenate([word, pair + WORD_BUCKETS, features])
    return columns, np.concatenate([values / norm, np.ones(len(features))]).astype(np.float32)


def fit(matrix: sparse.csr_matrix, targets: Floats, strength: float) -> tuple[Floats, Floats]:
    """Weights [features, heads] and bias of one logistic regression a head.

    `strength` is the inverse of the L2 penalty.
    """
    weight = np.zeros((matrix.shape[1], targets.shape[1]), np.float32)
    bias = np.zeros(targets.shape[1], np.float32)
    for head in range(targets.shape[1]):
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, random_state=0, max_iter=200, tol=1e-2
        )
        target = targets[:, head]
        model.fit(matrix, target, sample_weight=np.where(target > 0, POSITIVE_WEIGHT, 1.0))
        weight[:, head], bias[head] = model.coef_[0], model.intercept_[0]
    return weight, bias


def assemble(names: Sequence[str], weight: Floats, bias: Floats, weighting: Weighting) -> Student:
    """Fold the inverse document frequencies into the weights, as the student stores them."""
    split = WORD_BUCKETS + PAIR_BUCKETS
    return Student(
        clauses=names,
        words=weight[:WORD_BUCKETS] * weighting.words[:, None],
        pairs=weight[WORD_BUCKETS:split] * weighting.pairs[:, None],
        features={name: weight[split + i] for name, i in weighting.features.items()},
        bias=bias,
        word_idf=weighting.words,
        pair_idf=weighting.pairs,
    )
