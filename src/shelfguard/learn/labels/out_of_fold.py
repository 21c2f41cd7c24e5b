"""Probabilities from models that have not seen the row: the ground on which labels are doubted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GroupKFold

from shelfguard.learn.data.dataset import UNSURE, Dataset, Part, Split
from shelfguard.learn.labels.texts import folded_texts
from shelfguard.learn.model import load_scorer

Floats = npt.NDArray[np.float32]

FOLDS = 5
PASSES = 10
SEED = 20261122


def out_of_fold(
    part: Part, advance: Callable[[int, int], None] = lambda done, total: None
) -> Floats:
    """P(violates) [rows, clauses] by five-fold cross-validated logistic regression on TF-IDF.

    Rows of one group (seller, near-duplicates, twins) are in one fold, or else a row's twin
    would vouch for its label. Fewer groups than folds give fewer folds. A clause that a fold's
    training rows do not show both ways is NaN there, as nothing can be learned of it.
    `advance` is told of (clauses fitted, clauses to fit).
    """
    texts, groups = folded_texts(part.batch), part.column("group")
    found = np.full(part.targets.shape, np.nan, np.float32)
    folds = min(FOLDS, len(set(groups)))
    if folds < 2:
        return found
    total, done = folds * len(part.clauses), 0
    # How rare a word is says nothing of labels, so all rows may tell it.
    counts = HashingVectorizer(
        n_features=1 << 18, ngram_range=(1, 2), norm=None, alternate_sign=False
    ).transform(texts)
    words = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    for seen, unseen in GroupKFold(folds).split(texts, groups=groups):
        learned, asked = words[seen], words[unseen]
        for column in range(len(part.clauses)):
            found[unseen, column] = _fitted(learned, part.targets[seen, column], asked)
            done += 1
            advance(done, total)
    return found


def unseen_by(model: Path, dataset: Dataset) -> tuple[Part, Floats]:
    """The rows outside the training split, and a trained model's P(violates) [rows, clauses].

    Clauses that the model does not know are NaN.

    Raises:
        ModelError: there is no such model, or a file of it is changed.
    """
    scorer = load_scorer(model)
    part = dataset.everything.take(_unseen(dataset))
    columns = {clause: number for number, clause in enumerate(scorer.clauses)}
    scores = scorer.probabilities(part.batch)
    unknown = np.full(len(part), np.nan, np.float32)
    by_clause = [scores[:, columns[c]] if c in columns else unknown for c in part.clauses]
    return part, np.column_stack(by_clause)


def doubted_by(model: Path, dataset: Dataset) -> Floats:
    """A trained model's P(violates) of every row [rows, clauses], NaN for those it learned from.

    Raises:
        ModelError: there is no such model, or a file of it is changed.
    """
    found = np.full(dataset.everything.targets.shape, np.nan, np.float32)
    found[_unseen(dataset)] = unseen_by(model, dataset)[1]
    return found


def _unseen(dataset: Dataset) -> npt.NDArray[np.intp]:
    return np.flatnonzero(np.array(dataset.everything.column("split")) != Split.TRAIN.value)


def _fitted(learned: sparse.csr_matrix, targets: Floats, asked: sparse.csr_matrix) -> Floats:
    """P(violates) of the asked rows from the learned rows whose target is known."""
    known = ~np.isnan(targets) & (targets != UNSURE)
    violates = targets[known] > UNSURE
    if violates.all() or not violates.any():
        return np.full(asked.shape[0], np.nan, np.float32)
    # Both answers weigh alike, or the many innocent rows would drown every doubt about them.
    model = SGDClassifier(
        loss="log_loss", class_weight="balanced", max_iter=PASSES, tol=None, random_state=SEED
    )
    model.fit(learned[np.flatnonzero(known)], violates)
    return np.asarray(model.predict_proba(asked)[:, 1], np.float32)
