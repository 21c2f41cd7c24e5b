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
from shelfguard.learn.evaluate.scorers import aligned
from shelfguard.learn.labels.texts import folded_texts
from shelfguard.learn.model import load_scorer

Floats = npt.NDArray[np.float32]

Advance = Callable[[int, int], None]
"""(how much is done, how much there is)"""

FOLDS = 5
PASSES = 10
SEED = 20261122


def out_of_fold(part: Part, advance: Advance = lambda done, total: None) -> Floats:
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


def unseen_probabilities(dataset: Dataset, model: Path | None, advance: Advance) -> Floats:
    """P(violates) of every row [rows, clauses] by a model that has not learned from it.

    By a trained model where one is given: NaN for the rows that it may have learned from, and for
    clauses that it does not know. Else out of fold.

    Raises:
        ModelError: there is no such model, or a file of it is changed.
    """
    whole = dataset.everything
    if model is None:
        return out_of_fold(whole, advance)
    scorer = load_scorer(model)
    found = np.full(whole.targets.shape, np.nan, np.float32)
    unseen = np.flatnonzero(np.array(whole.column("split")) != Split.TRAIN.value)
    scores = scorer.probabilities(whole.take(unseen).batch)
    found[unseen] = aligned(scores, scorer.clauses, whole.clauses)
    return found


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
