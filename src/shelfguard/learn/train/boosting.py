"""The recipe of gradient boosting: one forest over (listing, clause) pairs.

A pair is described by what the rule signals found, by facts of the listing, and by how its words
speak for the clause (a naive Bayes log-count ratio, out of fold while training), so that one
model learns what all clauses have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from shelfguard.learn.data.dataset import Part
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.augment import Style, rows_to_learn
from shelfguard.learn.train.boosted_trees import Trees, write_trees
from shelfguard.learn.train.held_out import held_out_figures
from shelfguard.learn.train.pair_features import PairFeatures, PairReader
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.student_recipe import pack_signals
from shelfguard.learn.train.targets import answers
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.signals.base import Signal

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

TREES, FEATURES = "trees.onnx", "features.npz"
SCORED_ROWS = 512
"""Listings scored at once: each one is a pair with every clause."""


class BoostingSettings(Settings):
    """`pack` has the rule signals, the dataset's own by default.

    `pairs` is how many innocent pairs a listing brings into training, beside those with a clause
    that it violates, was written near, or has a finding of; these count for all the others.
    """

    pack: str | None = None
    trees: int = Field(200, ge=1)
    leaves: int = Field(31, ge=2)
    rate: float = Field(0.1, gt=0)
    l2: float = Field(1.0, ge=0)
    least_leaf: int = Field(20, ge=1)
    pairs: int = Field(4, ge=1)
    catalog_rows: int | None = Field(5000, ge=0)
    style: Style = Style()


def train(job: Job) -> None:
    """Write the trees as an ONNX graph and the words' ratios; the same seed gives the same bytes.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        PackError: there is no such pack.
    """
    settings = read_settings(BoostingSettings, job.settings)
    signals = pack_signals(settings.pack or job.dataset.manifest.pack)
    part = rows_to_learn(job.dataset, settings.catalog_rows, settings.style, job.seed)
    reader = PairReader(signals, part.clauses)
    features, found = PairFeatures.fit(reader, part)
    rows, columns, counts = _draw(part, found.named, settings.pairs, job.seed)
    job.watch.say(f"{len(rows)} pairs of {len(part)} rows and {len(part.clauses)} clauses")
    matrix = found.matrix(rows, columns)
    kept, violates, weights = answers(part.targets[rows, columns], counts)
    model = _forest(settings, job.seed).fit(matrix[kept], violates, sample_weight=weights)
    write_trees(model, matrix.shape[1], job.folder / TREES)
    features.save(job.folder / FEATURES)
    features = PairFeatures.load(job.folder / FEATURES)
    scorer = BoostingScorer(features, Trees(job.folder / TREES), reader)
    job.watch.log(held_out_figures(scorer, job.dataset.calibration), 0)


def _forest(settings: BoostingSettings, seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=settings.trees,
        max_leaf_nodes=settings.leaves,
        learning_rate=settings.rate,
        l2_regularization=settings.l2,
        min_samples_leaf=settings.least_leaf,
        early_stopping=False,
        random_state=seed,
    )


def _draw(
    part: Part, named: npt.NDArray[np.bool_], pairs: int, seed: int
) -> tuple[Integers, Integers, Floats]:
    """(row, clause, weight) of the pairs to train on.

    All with a clause that is violated, near or named by a finding; of the other known pairs of a
    row, a few at random, which weigh as much as all of them.
    """
    known = ~np.isnan(part.targets)
    places = {clause: column for column, clause in enumerate(part.clauses)}
    telling = named | (np.nan_to_num(part.targets) > 0)
    for row, near in enumerate(part.column("near")):
        if near in places:
            telling[row, places[near]] = True
    others = known & ~telling
    order = np.where(others, np.random.default_rng(seed).random(others.shape), 2.0)
    drawn = (order.argsort(axis=1).argsort(axis=1) < pairs) & others
    shares = others.sum(axis=1) / np.maximum(1, drawn.sum(axis=1))
    rows, columns = np.nonzero((telling & known) | drawn)
    counts = np.where(drawn[rows, columns], shares[rows], 1.0) * part.weights[rows]
    return rows, columns, counts.astype(np.float32)


class BoostingScorer:
    """A Scorer: every pair of a listing and a clause goes through the trees."""

    def __init__(self, features: PairFeatures, trees: Trees, reader: PairReader) -> None:
        self._features, self._trees, self._reader = features, trees, reader

    @property
    def clauses(self) -> list[str]:
        return self._reader.clauses

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], not calibrated."""
        starts = range(0, len(batch), SCORED_ROWS)
        parts = [self._score(batch.slice(start, SCORED_ROWS)) for start in starts]
        return np.vstack([np.empty((0, len(self.clauses)), np.float32), *parts])

    def _score(self, batch: Batch) -> Floats:
        found = self._features.read(self._reader, batch)
        shape = len(batch), len(self.clauses)
        rows, columns = (places.ravel() for places in np.indices(shape))
        return np.asarray(
            expit(self._trees.log_odds(found.matrix(rows, columns))), np.float32
        ).reshape(shape)


def load(folder: Path, record: ModelRecord) -> BoostingScorer:
    """The model of a folder, with the signals of the pack that it was trained under.

    Raises:
        ModelError: a file is missing or is not what it should be.
        PackError: the pack is not here.
    """
    pack = record.recipe.get("settings", {}).get("pack") or record.pack
    signals: Sequence[Signal] = pack_signals(pack)
    features = PairFeatures.load(folder / FEATURES)
    return BoostingScorer(features, Trees(folder / TREES), PairReader(signals, record.clauses))
