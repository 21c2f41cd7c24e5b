"""The recipe of a transformer: E5's lower layers under heads, the upper ones fine-tuned."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from pydantic import Field, model_validator
from scipy.special import expit
from torch.optim import Optimizer

from shelfguard.learn.compress.export import export
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.augment import Style, rows_to_learn
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import (
    Course,
    Task,
    fine_tune,
    make_optimizer,
    predict,
)
from shelfguard.learn.train.held_out import pair_precision
from shelfguard.learn.train.network import Depth, Network, from_pretrained
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.states import States, frozen_states
from shelfguard.learn.train.trainer import Job, Watch
from shelfguard.learn.train.transformer import (
    PIECES,
    VECTORS,
    copy_pieces,
    read_pieces,
    read_task,
    read_texts,
    write_pieces,
)
from shelfguard.learn.train.warm_start import start_from
from shelfguard.listing import Batch
from shelfguard.models.embedding import Embedding, Floats
from shelfguard.models.transformer import Transformer

GRAPH = "encoder.onnx"
CHECKPOINT = "transformer.pt"
STARTED = "start.json"
"""What the training went on from, by digest: a pack may ship other models later."""

POINTS = 10
"""Of the loss's curve in an epoch."""


class TransformerSettings(Settings):
    """What makes a transformer.

    Of E5's lowest `layers`, the lower `frozen` stay as they are. `pieces` is a folder or a pack
    with word pieces; without it, the `vocabulary` likeliest ones are kept. `start` is a trained
    model of as many layers, by folder or pack, to go on from instead of E5. `catalog_rows` real
    rows are read as innocent, at `catalog_weight` of the others' weight; `mined_share` of them are
    those that the student of `pack`, the dataset's own by default, finds hardest, the rest are
    drawn at random. `products` of layers in `bfloat16` train faster where the processor multiplies
    them so; the graph has none.
    """

    start: str | None = None
    pieces: str | None = None
    vocabulary: int = Field(20_000, ge=1000)
    layers: int = Field(12, ge=1, le=12)
    frozen: int = Field(6, ge=0, le=11)
    epochs: int = Field(4, ge=1)
    catalog_rows: int | None = Field(2500, ge=0)
    catalog_weight: float = Field(0.4, gt=0)
    mined_share: float = Field(0.0, ge=0, le=1)
    pack: str | None = None
    style: Style = Style(share=0.3, keep=False)
    upper_rate: float = Field(1.5e-4, gt=0)
    head_rate: float = Field(1e-3, gt=0)
    layer_decay: float = Field(0.9, gt=0, le=1)
    warm_up: float = Field(0.08, gt=0, lt=1)
    smoothing: float = Field(0.05, ge=0, lt=1)
    batch_tokens: int = Field(2048, ge=192)
    products: Literal["float32", "bfloat16"] = "float32"

    @model_validator(mode="after")
    def _leaves_a_layer_to_train(self) -> Self:
        if self.frozen >= self.layers:
            raise ValueError("fewer layers must be frozen than there are")
        return self

    def course(self, seed: int) -> Course:
        """How to train."""
        named = ("epochs", "upper_rate", "head_rate", "layer_decay", "warm_up")
        return Course(
            **{name: getattr(self, name) for name in (*named, "smoothing", "batch_tokens")},
            seed=seed,
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned, and the held-out rows to measure it on."""

    states: States
    task: Task
    held_out: States
    truth: Floats


def train(job: Job) -> None:
    """Write the graph and its word pieces; a checkpoint each epoch.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        ModelError: there are no such word pieces, or a checkpoint is of another training.
    """
    settings = read_settings(TransformerSettings, job.settings)
    network, lesson = prepare(job, settings)
    course, checkpoint = settings.course(job.seed), Checkpoint.of(job, CHECKPOINT)
    teach(network, lesson, course, checkpoint, job.watch, make_optimizer(network, course))
    export_to(job, network)


def prepare(job: Job, settings: TransformerSettings) -> tuple[Network, Lesson]:
    """E5 under fresh heads, and the dataset as its frozen layers see it; writes the word pieces.

    Raises:
        DataError: there is nothing to learn from.
        ModelError: there are no such word pieces.
    """
    rows, style = settings.catalog_rows, settings.style
    mined = int(settings.mined_share * (rows or 0))
    part = rows_to_learn(job.dataset, rows, style, job.seed, mined, settings.pack)
    texts, held_out = read_texts(part.batch), job.dataset.calibration
    if settings.pieces:
        copy_pieces(settings.pieces, job.folder)
    else:
        write_pieces(job.folder, texts, settings.vocabulary)
    pretrained, tokenizer, embedding = read_pieces(job.folder)
    torch.manual_seed(job.seed)
    depth = Depth(settings.layers, settings.frozen)
    network = from_pretrained(pretrained, len(part.clauses), depth)
    if settings.start:
        sha256 = start_from(network, settings.start, part.clauses, embedding)
        (job.folder / STARTED).write_text(json.dumps({settings.start: sha256}) + "\n", "utf-8")
    network.products = getattr(torch, settings.products)
    job.watch.say(f"embedding {len(texts) + len(held_out)} texts")
    return network, Lesson(
        frozen_states(network, tokenizer, texts),
        read_task(part, settings.catalog_weight),
        frozen_states(network, tokenizer, read_texts(held_out.batch)),
        held_out.targets,
    )


def export_to(job: Job, network: Network) -> None:
    """Write the graph beside its word pieces."""
    embedding = Embedding(job.folder / PIECES, job.folder / VECTORS)
    export(network, job.dataset.clauses, embedding, job.folder / GRAPH)


def teach(
    network: Network,
    lesson: Lesson,
    course: Course,
    checkpoint: Checkpoint,
    watch: Watch,
    optimizer: Optimizer,
) -> None:
    """Fine-tune; the loss and how held-out rows are ranked become curves."""
    losses: list[float] = []
    steps = fine_tune(network, lesson.states, lesson.task, course, checkpoint, optimizer)
    for step in steps:
        losses.append(step.loss)
        watch.advance(step.number, step.total)
        if step.epoch is not None:
            scores = predict(network, lesson.held_out)
            watch.log(pair_precision(lesson.truth, scores), step.number)
        if (
            step.epoch is not None
            or step.number % max(1, step.total // course.epochs // POINTS) == 0
        ):
            watch.log({"loss": float(np.mean(losses))}, step.number)
            losses.clear()


class TransformerScorer:
    """A Scorer on ONNX Runtime."""

    def __init__(self, transformer: Transformer) -> None:
        self._transformer = transformer

    @property
    def clauses(self) -> list[str]:
        return list(self._transformer.clauses)

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], not calibrated."""
        return np.asarray(expit(self._transformer.score(read_texts(batch))), np.float32)


def load(folder: Path, record: ModelRecord) -> TransformerScorer:
    """The transformer of a folder.

    Raises:
        ModelError: a file is missing or does not fit the others.
    """
    embedding = Embedding(folder / PIECES, folder / VECTORS)
    return TransformerScorer(Transformer(folder / GRAPH, embedding))
