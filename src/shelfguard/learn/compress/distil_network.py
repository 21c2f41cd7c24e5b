"""Fine-tune a small transformer on a lesson."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field
from sentencepiece import SentencePieceProcessor

from shelfguard.learn.compress.lesson import Distillation, Lesson, Positive, Share
from shelfguard.learn.compress.rough import roughened
from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.train.fine_tune import Task, fine_tune, frozen_states, predict
from shelfguard.learn.train.network import Depth, Network, from_pretrained
from shelfguard.learn.train.pretrained import read_e5, use_vocabulary
from shelfguard.learn.train.trainer import Job
from shelfguard.learn.train.transformer import read_texts


class TransformerSettings(Distillation):
    """How deep the network is, and how it is trained.

    `pack` has the word pieces, `rough_share` of the written rows are rewritten, and a row that
    nobody labelled counts `presumed_weight`.
    """

    pack: str = "ca-marketplace"
    layers: Annotated[int, Field(ge=1, le=12)] = 2
    frozen: Annotated[int, Field(ge=0, le=11)] = 0
    epochs: Annotated[int, Field(ge=1)] = 6
    rough_share: Share = 0.3
    presumed_weight: Positive = 0.4


def fit_network(lesson: Lesson, settings: TransformerSettings, pieces: Path, job: Job) -> Network:
    """E5's lowest layers under fresh heads, on soft targets; every epoch tells how it ranks."""
    tokenizer = SentencePieceProcessor(model_file=str(pieces))
    depth = Depth(settings.layers, settings.frozen)
    pretrained = use_vocabulary(read_e5(), tokenizer)
    network = from_pretrained(pretrained, len(lesson.part.clauses), depth)
    batch = roughened(lesson.part, settings.rough_share, job.seed)
    job.watch.say(f"embedding {len(batch) + len(lesson.checked)} listings")
    states = frozen_states(network, tokenizer, read_texts(batch))
    checked = frozen_states(network, tokenizer, read_texts(lesson.checked.batch))
    truth = (lesson.checked.targets >= 0.5).ravel().astype(np.int8)

    def report(epoch: int, loss: float) -> None:
        precision = average_precision(truth, predict(network, checked).ravel())
        job.watch.log({"loss": loss, "average_precision": precision}, epoch)
        job.watch.say(f"epoch {epoch + 1}: loss {loss:.3f}, average precision {precision:.3f}")
        job.watch.advance(epoch + 1, settings.epochs)

    weights = np.where(lesson.presumed, settings.presumed_weight, 1.0).astype(np.float32)
    task = Task(lesson.targets, lesson.topics(), weights)
    fine_tune(network, states, task, settings.epochs, job.seed, report)
    return network
