"""Train the student: a convex fit, so the same rows give the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from shelfguard.models.student import WORD, Floats, Student, pair_buckets, word_buckets

WORD_BUCKETS = 1 << 17
PAIR_BUCKETS = 1 << 16


@dataclass(frozen=True, slots=True)
class Document:
    """A listing as the student reads it: folded segment texts and other signals' findings."""

    texts: Sequence[str]
    findings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Weighting:
    """Inverse document frequencies by bucket, and the place of each signal feature."""

    words: Floats
    pairs: Floats
    features: dict[str, int]


def document_buckets(document: Document) -> tuple[list[int], list[int]]:
    """The word and pair buckets of a document, with repeats."""
    words: list[int] = []
    pairs: list[int] = []
    for text in document.texts:
        tokens = WORD.findall(text)
        hashes = np.array([crc32(token.encode()) for token in tokens], np.int64)
        words.extend(bucket for token in tokens for bucket in word_buckets(token, WORD_BUCKETS))
        pairs.extend(pair_buckets(hashes[:-1], hashes[1:], PAIR_BUCKETS).tolist())
    return words, pairs


def weigh(documents: Sequence[Document], min_pair_documents: int = 2) -> Weighting:
    """Smoothed inverse document frequencies; pairs seen in one document only weigh nothing."""
    words, pairs = np.zeros(WORD_BUCKETS), np.zeros(PAIR_BUCKETS)
    names: set[str] = set()
    for document in documents:
        word, pair = document_buckets(document)
        words[list(set(word))] += 1
        pairs[list(set(pair))] += 1
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
    word, pair = (np.array(part, np.int64) for part in document_buckets(document))
    pair = pair[weighting.pairs[pair] > 0]
    values = np.concatenate([weighting.words[word], weighting.pairs[pair]])
    norm = np.sqrt(max(1.0, float(np.square(values).sum())))
    found = [weighting.features[f] for f in set(document.findings) if f in weighting.features]
    features = np.array(found, np.int64) + WORD_BUCKETS + PAIR_BUCKETS
    columns = np.concatenate([word, pair + WORD_BUCKETS, features])
    return columns, np.concatenate([values / norm, np.ones(len(features))]).astype(np.float32)


def fit(
    matrix: sparse.csr_matrix, targets: Floats, weights: Floats, strength: float
) -> tuple[Floats, Floats]:
    """Weights [features, clauses] and bias of logistic regressions.

    `targets` are 0 or 1 and `weights` how much each counts, both [documents, clauses]; a
    weight of 0 leaves a pair out. `strength` is the inverse of the L2 penalty.
    """
    weight = np.zeros((matrix.shape[1], targets.shape[1]), np.float32)
    bias = np.zeros(targets.shape[1], np.float32)
    for c in range(targets.shape[1]):
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, random_state=0, max_iter=1000, tol=1e-3
        )
        model.fit(matrix, targets[:, c], sample_weight=weights[:, c])
        weight[:, c], bias[c] = model.coef_[0], model.intercept_[0]
    return weight, bias


def assemble(clauses: Sequence[str], weight: Floats, bias: Floats, weighting: Weighting) -> Student:
    """Fold the inverse document frequencies into the weights, as the student stores them."""
    split = WORD_BUCKETS + PAIR_BUCKETS
    return Student(
        clauses=clauses,
        words=weight[:WORD_BUCKETS] * weighting.words[:, None],
        pairs=weight[WORD_BUCKETS:split] * weighting.pairs[:, None],
        features={name: weight[split + i] for name, i in weighting.features.items()},
        bias=bias,
        word_idf=weighting.words,
        pair_idf=weighting.pairs,
    )
