"""Train the upper layers of the text encoder on a dataset: epochs, curve and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sentencepiece import SentencePieceProcessor

from shelfguard.learn.data.dataset import Part
from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import (
    UNKNOWN_TOPIC,
    Integers,
    States,
    Task,
    batches,
    frozen_states,
    loss,
    predict,
    schedule,
)
from shelfguard.learn.train.network import Network
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.models.embedding import Floats
from shelfguard.signals.base import Derived
from shelfguard.signals.text import transformer_texts


@dataclass(frozen=True, slots=True)
class Course:
    """What is learned, and the held-out rows to measure it on: `looks` times an epoch."""

    states: States
    task: Task
    held_out: States
    truth: Floats
    epochs: int
    looks: int

    def measure(self, network: Network) -> dict[str, float]:
        """Average precision over the known (listing, clause) pairs."""
        scores, known = predict(network, self.held_out), ~np.isnan(self.truth)
        truth = (self.truth[known] >= 0.5).astype(np.int8)
        return {"held_out_average_precision": average_precision(truth, scores[known])}


@dataclass(slots=True)
class Learner:
    """A network, and the optimizer of the parameters that require a gradient.

    The rates of the optimizer's groups are the highest ones: they rise, then fall linearly.
    """

    network: Network
    optimizer: torch.optim.Optimizer

    def step(self, course: Course, rows: Integers) -> float:
        """Learn from some rows; their loss."""
        self.network.train()
        error = loss(self.network, course.states.batch(rows), course.task, rows)
        self.optimizer.zero_grad(set_to_none=True)
        error.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        return float(error.item())

    def keep(self, checkpoint: Checkpoint, epoch: int) -> None:
        """Write a checkpoint after so many epochs."""
        named = self.network.named_parameters()
        weights = {name: value.detach() for name, value in named if value.requires_grad}
        optimizer = self.optimizer.state_dict()
        checkpoint.save({"epoch": epoch, "weights": weights, "optimizer": optimizer})

    def restore(self, checkpoint: Checkpoint) -> int:
        """How many epochs were done before, with the network as it was then."""
        state = checkpoint.load()
        if state is None:
            return 0
        self.network.load_state_dict(state["weights"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        return int(state["epoch"])


def tune(job: Job, learner: Learner, course: Course, checkpoint: Checkpoint) -> None:
    """All epochs from the last checkpoint on."""
    rates = [group["lr"] for group in learner.optimizer.param_groups]
    for epoch in range(learner.restore(checkpoint), course.epochs):
        drawn = list(batches(course.states.lengths(), np.random.default_rng([job.seed, epoch])))
        looks = {len(drawn) * (look + 1) // course.looks for look in range(course.looks)}
        losses: list[float] = []
        for number, rows in enumerate(drawn, 1):
            for group, rate in zip(learner.optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * schedule((epoch + number / len(drawn)) / course.epochs)
            losses.append(learner.step(course, rows))
            step = epoch * len(drawn) + number
            job.watch.advance(step, course.epochs * len(drawn))
            if number in looks:
                measured = course.measure(learner.network)
                job.watch.log({"loss": float(np.mean(losses)), **measured}, step)
                losses.clear()
        learner.keep(checkpoint, epoch + 1)


def read_states(
    network: Network, tokenizer: SentencePieceProcessor, parts: tuple[Part, Part], job: Job
) -> tuple[States, States]:
    """Run the frozen layers once over the rows to train on and to measure on."""
    job.watch.say(f"embedding {sum(map(len, parts))} texts")
    training, held_out = (read_texts(part.batch) for part in parts)
    return (
        frozen_states(network, tokenizer, training),
        frozen_states(network, tokenizer, held_out),
    )


def read_texts(batch: Batch) -> list[str]:
    """Each listing as transformers read it."""
    return transformer_texts(Derived(batch), np.arange(len(batch)))


def read_task(part: Part) -> Task:
    """The targets of a part; a row's topic is what it was written near, or violates most."""
    places = {clause: number for number, clause in enumerate(part.clauses)}
    topics = [
        places.get(near, _topic(row, complete=complete))
        for near, row, complete in zip(
            part.column("near"), part.targets, part.column("complete"), strict=True
        )
    ]
    return Task(part.targets, np.array(topics, np.int64), part.weights / part.weights.mean())


def _topic(targets: Floats, *, complete: bool) -> int:
    if (np.nan_to_num(targets) >= 0.5).any():
        return int(np.nanargmax(targets))
    return len(targets) if complete else UNKNOWN_TOPIC


def sample(part: Part, rows: int | None, seed: int) -> Part:
    """So many random rows of a part, in their order; all where there are no more."""
    if rows is None or rows >= len(part):
        return part
    return part.take(np.sort(np.random.default_rng(seed).permutation(len(part))[:rows]))
