"""The recipe of a peer: a pretrained encoder's vectors, not tuned, under logistic regression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from shelfguard.errors import ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.augment import Style, rows_to_learn
from shelfguard.learn.train.heads import fit_heads
from shelfguard.learn.train.held_out import held_out_figures
from shelfguard.learn.train.network import Depth, from_pretrained
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.states import frozen_states
from shelfguard.learn.train.trainer import Job
from shelfguard.learn.train.transformer import copy_pieces, read_pieces, read_texts
from shelfguard.listing import Batch
from shelfguard.models.embedding import Floats

HEADS = "heads.npz"
LAYERS = 12
AT_ONCE = 1024

Embed = Callable[[Sequence[str]], Floats]


class FrozenSettings(Settings):
    """`pieces` is a folder or a pack with word pieces; `strength` the inverse of the L2 penalty."""

    pieces: str
    strength: float = Field(1.0, gt=0)
    catalog_rows: int | None = Field(2500, ge=0)
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads over standardised vectors: `weights` [width, clauses], `bias` [clauses]."""

    mean: Floats
    spread: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, vectors: Floats) -> Floats:
        """P(violates) [texts, clauses] from [texts, width]."""
        inputs = (vectors - self.mean) / self.spread
        return np.asarray(expit(inputs @ self.weights + self.bias), np.float32)


def train(job: Job) -> None:
    """Write the heads beside the word pieces.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        ModelError: there are no such word pieces.
    """
    settings = read_settings(FrozenSettings, job.settings)
    part = rows_to_learn(job.dataset, settings.catalog_rows, settings.style, job.seed)
    copy_pieces(settings.pieces, job.folder)
    job.watch.say(f"embedding {len(part)} texts")
    embed = embedder(job.folder)
    vectors = embed(read_texts(part.batch))
    heads = fit(vectors, part.targets, part.weights, settings.strength)
    np.savez(job.folder / HEADS, **{name: getattr(heads, name) for name in Heads.__slots__})
    scorer = FrozenScorer(part.clauses, heads, embed)
    job.watch.log(held_out_figures(scorer, job.dataset.calibration), 0)


def embedder(folder: Path) -> Embed:
    """Texts to the means of E5's last layer, [texts, width], with a folder's word pieces."""
    pretrained, tokenizer, _ = read_pieces(folder)
    network = from_pretrained(pretrained, 1, Depth(LAYERS, LAYERS))
    network.requires_grad_(False)

    def embed(texts: Sequence[str]) -> Floats:
        # In pieces: the states of every token are kept only as long as their mean is not taken.
        means = [
            np.stack(frozen_states(network, tokenizer, texts[start : start + AT_ONCE]).early)
            for start in range(0, len(texts), AT_ONCE)
        ]
        return np.concatenate(means).astype(np.float32)

    return embed


def fit(vectors: Floats, targets: Floats, weights: Floats, strength: float) -> Heads:
    """Learn `targets` [texts, clauses], NaN where unknown; both classes weigh the same."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    inputs = (vectors - mean) / spread
    model = LogisticRegression(C=strength, max_iter=300)
    return Heads(mean, spread, *fit_heads(inputs, targets, weights, model))


@dataclass(frozen=True, slots=True)
class FrozenScorer:
    """A Scorer: the heads over what the pretrained encoder makes of a listing."""

    clauses: list[str]
    heads: Heads
    embed: Embed

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], not calibrated."""
        if not len(batch):
            return np.empty((0, len(self.clauses)), np.float32)
        return self.heads.probabilities(self.embed(read_texts(batch)))


def load(folder: Path, record: ModelRecord) -> FrozenScorer:
    """The model of a folder.

    Raises:
        ModelError: a file is missing or is not what it should be.
    """
    try:
        with np.load(folder / HEADS, allow_pickle=False) as arrays:
            heads = Heads(**{name: arrays[name] for name in Heads.__slots__})
    except (OSError, ValueError, KeyError) as error:
        fix = "Train it again: shelfguard model train"
        raise ModelError(f"no heads ({error})", file=folder / HEADS, fix=fix) from error
    return FrozenScorer(record.clauses, heads, embedder(folder))
