"""From pretrained weights to fine-tuned, exported transformers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sentencepiece import SentencePieceProcessor
from sklearn.metrics import average_precision_score

from shelfguard.errors import ModelError
from shelfguard.learn.compress.export import export
from shelfguard.learn.data.corpus import SEED, Corpus, catalog_batch, labels, to_batch
from shelfguard.learn.train.augment import roughen
from shelfguard.learn.train.fine_tune import Task, fine_tune, frozen_states, predict
from shelfguard.learn.train.network import Depth, from_pretrained
from shelfguard.learn.train.pretrained import (
    make_tokenizer,
    read_e5,
    trim_vocabulary,
    use_vocabulary,
)
from shelfguard.listing import Batch
from shelfguard.models.embedding import Embedding
from shelfguard.policy.rows import Row
from shelfguard.signals.base import Derived
from shelfguard.signals.text import transformer_texts

VOCABULARY = 20_000
PIECES, VECTORS = "pieces.model", "vectors.npy"
CATALOG_WEIGHT = 0.4
ROUGH_SHARE = 0.3
"""How many rows are trained on in the register of a bare catalog instead of as written."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a transformer: its depth, epochs, and how many real rows it sees as innocent."""

    name: str
    depth: Depth
    epochs: int
    catalog_rows: int


ENCODER = Recipe("encoder", Depth(layers=12, frozen=6), epochs=4, catalog_rows=2500)
SCREENER = Recipe("screener", Depth(layers=2, frozen=0), epochs=6, catalog_rows=12_000)
RECIPES = (ENCODER, SCREENER)


def build_pieces(models: Path, corpus: Corpus) -> None:
    """Write the pretrained word pieces that the texts of the pack need, and their vectors."""
    texts = _texts(corpus, ENCODER.catalog_rows)
    kept = trim_vocabulary(read_e5(), texts, VOCABULARY)
    tokenizer = make_tokenizer(kept.pieces[4:], kept.scores[4:])
    (models / PIECES).write_bytes(tokenizer.serialized_model_proto())
    np.save(models / VECTORS, kept.vectors)


def build_transformer(recipe: Recipe, models: Path, corpus: Corpus, say: Say) -> None:
    """Write the recipe's ONNX graph; every epoch tells how it does on held-out rows.

    Raises:
        ModelError: the word pieces are not there yet.
    """
    pieces = models / PIECES
    if not pieces.is_file():
        raise ModelError("not there", file=pieces, fix="Build it first: --steps pieces")
    tokenizer = SentencePieceProcessor(model_file=str(pieces))
    pretrained = use_vocabulary(read_e5(), tokenizer)
    network = from_pretrained(pretrained, len(corpus.clauses), recipe.depth)
    texts, checked = _texts(corpus, recipe.catalog_rows), read_texts(to_batch(corpus.held_out))
    say(f"{recipe.name}: embedding {len(texts) + len(checked)} texts")
    states = frozen_states(network, tokenizer, texts)
    held_out = frozen_states(network, tokenizer, checked)
    truth = labels(corpus.held_out, corpus.clauses)

    def report(epoch: int, loss: float) -> None:
        score = average_precision_score(truth.ravel(), predict(network, held_out).ravel())
        done = f"{recipe.name}: epoch {epoch + 1} of {recipe.epochs}"
        say(f"{done}: loss {loss:.3f}, held-out precision {score:.3f}")

    innocent = len(texts) - len(corpus.training)
    task = _task(corpus.training, innocent, corpus.clauses)
    fine_tune(network, states, task, recipe.epochs, SEED, report)
    embedding = Embedding(pieces, models / VECTORS)
    export(network, corpus.clauses, embedding, models / f"{recipe.name}.onnx")


def _texts(corpus: Corpus, catalog_rows: int) -> list[str]:
    """The rows to train on, some of them roughened, then real ones."""
    rng = random.Random(SEED)  # noqa: S311 (augmentation, not secrets)
    rows = [roughen(row, rng) if rng.random() < ROUGH_SHARE else row for row in corpus.training]
    catalog = catalog_batch(corpus.data, catalog_rows, SEED, held_out=False)
    return read_texts(to_batch(rows)) + read_texts(catalog)


def read_texts(batch: Batch) -> list[str]:
    """Each listing as transformers read it."""
    return list(transformer_texts(Derived(batch), np.arange(len(batch))))


def _task(training: Sequence[Row], innocent: int, clauses: Sequence[str]) -> Task:
    none = len(clauses)
    topics = [clauses.index(row.near) if row.near in clauses else none for row in training]
    return Task(
        labels=np.vstack([labels(training, clauses), np.zeros((innocent, none), np.float32)]),
        topics=np.array(topics + [none] * innocent, np.int64),
        weights=np.array([1.0] * len(training) + [CATALOG_WEIGHT] * innocent, np.float32),
    )
