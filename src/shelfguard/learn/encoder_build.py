"""From pretrained weights to a fine-tuned, exported encoder."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from shelfguard.learn.augment import roughen
from shelfguard.learn.corpus import catalog_batch, labels, to_batch
from shelfguard.learn.encoder import Task, fine_tune, frozen_states, predict
from shelfguard.learn.export import export
from shelfguard.learn.network import from_pretrained
from shelfguard.learn.pretrained import make_tokenizer, read_e5, trim_vocabulary
from shelfguard.listing import Batch
from shelfguard.policy.rows import Row
from shelfguard.signals.base import Derived
from shelfguard.signals.text import encoder_texts

VOCABULARY = 20_000
CATALOG_ROWS = 2500
CATALOG_WEIGHT = 0.4
ROUGH_SHARE = 0.3
"""How many rows are trained on in the register of a bare catalog instead of as written."""

EPOCHS = 4
SEED = 20261122

Say = Callable[[str], None]


def build_encoder(
    models: Path,
    training: Sequence[Row],
    held_out: Sequence[Row],
    clauses: Sequence[str],
    data: Path,
    say: Say,
) -> None:
    """Write `encoder.onnx` and `pieces.model`; every epoch tells how it does on held-out rows."""
    rng = random.Random(SEED)  # noqa: S311 (augmentation, not secrets)
    catalog = catalog_batch(data, CATALOG_ROWS, SEED, held_out=False)
    rows = [roughen(row, rng) if rng.random() < ROUGH_SHARE else row for row in training]
    texts = read_texts(to_batch(rows)) + read_texts(catalog)
    pretrained = trim_vocabulary(read_e5(), texts, VOCABULARY)
    tokenizer = make_tokenizer(pretrained.pieces[4:], pretrained.scores[4:])
    network = from_pretrained(pretrained.tensors, len(clauses))
    say(f"running the frozen layers over {len(texts) + len(held_out)} texts")
    states = frozen_states(network, tokenizer, texts)
    checked = frozen_states(network, tokenizer, read_texts(to_batch(held_out)))
    truth = labels(held_out, clauses)

    def report(epoch: int, loss: float) -> None:
        score = average_precision_score(truth.ravel(), predict(network, checked).ravel())
        say(f"epoch {epoch + 1} of {EPOCHS}: loss {loss:.3f}, held-out precision {score:.3f}")

    fine_tune(network, states, _task(training, len(catalog), clauses), EPOCHS, SEED, report)
    (models / "pieces.model").write_bytes(tokenizer.serialized_model_proto())
    export(network, clauses, models / "encoder.onnx")


def read_texts(batch: Batch) -> list[str]:
    """Each listing as the encoder reads it."""
    return encoder_texts(Derived(batch), np.arange(len(batch)))


def _task(training: Sequence[Row], innocent: int, clauses: Sequence[str]) -> Task:
    none = len(clauses)
    topics = [clauses.index(row.near) if row.near in clauses else none for row in training]
    return Task(
        labels=np.vstack([labels(training, clauses), np.zeros((innocent, none), np.float32)]),
        topics=np.array(topics + [none] * innocent, np.int64),
        weights=np.array([1.0] * len(training) + [CATALOG_WEIGHT] * innocent, np.float32),
    )
