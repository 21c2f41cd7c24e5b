"""Train the student: seeded, so the same rows give the same weights."""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from warnings import catch_warnings, simplefilter
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from shelfguard.learn.train.targets import answers
from shelfguard.listing import Batch
from shelfguard.models.student import Student
from shelfguard.models.table import Floats, Table
from shelfguard.models.words import pair_buckets, shape, split_words, word_buckets
from shelfguard.signals.base import Derived, Signal

WORD_BUCKETS = 1 << 18
PAIR_BUCKETS = 1 << 17
STRENGTH = 100.0
ROUNDS = 50
"""Passes of the dual solver over the rows; a few large heads stop before they converge."""


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
    documents: Sequence[Document],
    targets: Floats,
    names: Sequence[str],
    strength: float = STRENGTH,
    weights: Floats | None = None,
) -> Student:
    """Fit one head a name on `targets`, from 0 to 1, NaN where unknown, [documents, names].

    `weights` [documents] say how much each one counts; all count the same without.
    """
    weighting = weigh(documents)
    matrix = design_matrix(documents, weighting)
    coefficients, bias = fit(matrix, targets, strength, weights)
    return assemble(names, coefficients, bias, weighting)


@dataclass(frozen=True, slots=True)
class Weighting:
    """Inverse document frequencies by bucket, and the place of each signal feature."""

    words: Floats
    pairs: Floats
    features: dict[str, int]


@lru_cache(maxsize=1 << 17)
def _word_buckets(word: bytes) -> tuple[int, ...]:
    return tuple(word_buckets(word, WORD_BUCKETS))


def _buckets(document: Document) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The word and pair buckets of a document, with repeats."""
    words: list[int] = []
    pairs = [np.empty(0, np.int64)]
    for text in document.texts:
        tokens = [shape(word) for word in split_words(text)]
        hashes = np.array([crc32(token) for token in tokens], np.int64)
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


def fit(
    matrix: sparse.csr_matrix, targets: Floats, strength: float, weights: Floats | None = None
) -> tuple[Floats, Floats]:
    """Coefficients [features, heads] and bias of one logistic regression a head.

    `strength` is the inverse of the L2 penalty. Both classes of a head weigh the same. Heads
    are fitted in processes side by side: liblinear draws from one generator a process, so
    threads would make the weights depend on who comes first.
    """
    matrix.sort_indices()
    processes = min(len(os.sched_getaffinity(0)), targets.shape[1])
    context = multiprocessing.get_context("fork")  # the matrix is shared, not copied
    with ProcessPoolExecutor(processes, context, _share, (matrix,)) as pool:
        heads = list(pool.map(_fit_head, targets.T, repeat(strength), repeat(weights)))
    coefficients = np.column_stack([own for own, _ in heads])
    return coefficients, np.array([bias for _, bias in heads], np.float32)


_shared: dict[str, sparse.csr_matrix] = {}
"""The matrix that a fitting process reads."""


def _share(matrix: sparse.csr_matrix) -> None:
    _shared["matrix"] = matrix


def _fit_head(target: Floats, strength: float, weights: Floats | None) -> tuple[Floats, float]:
    """Where all rows agree, a head has no coefficients, only a bias by their number."""
    matrix, found = _shared["matrix"], answers(target, weights)
    total, violating = found.weights.sum(), found.weights[found.violates].sum()
    if found.is_one_sided:
        bias = np.log((violating + 0.5) / (total - violating + 0.5))
        return np.zeros(matrix.shape[1], np.float32), float(bias)
    if not np.array_equal(found.rows, np.arange(matrix.shape[0])):
        matrix = matrix[found.rows]
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, random_state=0, max_iter=ROUNDS, tol=1e-2
    )
    both = np.where(found.violates, (total - violating) / violating, 1.0) * found.weights
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix, found.violates, sample_weight=both)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def assemble(names: Sequence[str], weight: Floats, bias: Floats, weighting: Weighting) -> Student:
    """Fold the inverse document frequencies into the weights, as the student stores them."""
    split = WORD_BUCKETS + PAIR_BUCKETS
    return Student(
        clauses=names,
        words=Table.trained(weight[:WORD_BUCKETS] * weighting.words[:, None], weighting.words),
        pairs=Table.trained(weight[WORD_BUCKETS:split] * weighting.pairs[:, None], weighting.pairs),
        features={name: weight[split + i] for name, i in weighting.features.items()},
        bias=bias,
    )
