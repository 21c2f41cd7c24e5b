"""Fine-tune the upper layers of a pretrained transformer on the pack's examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.network import Network
from shelfguard.learn.train.states import BATCH_TOKENS, States, batches
from shelfguard.models.embedding import Floats

Integers = npt.NDArray[np.int64]

WARM_UP = 0.08
SMOOTHING = 0.05

UNKNOWN_TOPIC = -100
"""What PyTorch's cross-entropy ignores."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn: labels [texts, clauses], the topic of each text, and how much it counts.

    A label is NaN where nobody knows. Topic number `clauses` is "none of them", and
    `UNKNOWN_TOPIC` teaches nothing.
    """

    labels: Floats
    topics: Integers
    weights: Floats


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is trained.

    Each layer learns at `layer_decay` of the rate of the one above it (Howard and Ruder, 2018).
    """

    epochs: int
    seed: int
    upper_rate: float = 1.5e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    warm_up: float = WARM_UP
    smoothing: float = SMOOTHING
    batch_tokens: int = BATCH_TOKENS


class Step(NamedTuple):
    """Where the training is: the loss of a batch, and the epoch if that was its last batch."""

    number: int
    total: int
    loss: float
    epoch: int | None


def fine_tune(
    network: Network,
    states: States,
    task: Task,
    course: Course,
    checkpoint: Checkpoint,
    optimizer: Optimizer,
) -> Iterator[Step]:
    """Train what the optimizer holds; its rates, the highest ones, rise and then fall linearly.

    Goes on from the checkpoint where there is one, and writes it after each epoch, once its last
    step was taken in. An interrupted training ends with the same weights as another.

    Raises:
        ModelError: the checkpoint is of another training.
    """
    torch.manual_seed(course.seed)
    rates = [group["lr"] for group in optimizer.param_groups]
    for epoch in range(_restore(checkpoint, network, optimizer), course.epochs):
        drawn = list(batches(states.lengths(), _drawing(course, epoch), course.batch_tokens))
        for number, rows in enumerate(drawn):
            done = (epoch + number / len(drawn)) / course.epochs
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * schedule(done, course.warm_up)
            error = loss(network.train(), states.batch(rows), task, rows, course.smoothing)
            optimizer.zero_grad(set_to_none=True)
            error.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            reached = epoch * len(drawn) + number + 1
            ended = epoch if number + 1 == len(drawn) else None
            yield Step(reached, course.epochs * len(drawn), error.item(), ended)
        checkpoint.save({"epoch": epoch + 1, **_state(network, optimizer)})


def _drawing(course: Course, epoch: int) -> np.random.Generator:
    """Each epoch draws for itself, so that one can be the first of a resumed training."""
    return np.random.default_rng([course.seed, epoch])


def _state(network: Network, optimizer: Optimizer) -> dict[str, Any]:
    trained = {n: value.detach() for n, value in network.named_parameters() if value.requires_grad}
    return {"weights": trained, "optimizer": optimizer.state_dict()}


def _restore(checkpoint: Checkpoint, network: Network, optimizer: Optimizer) -> int:
    """How many epochs were done before, with the network as it was then."""
    state = checkpoint.load()
    if state is None:
        return 0
    network.load_state_dict(state["weights"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    return int(state["epoch"])


def make_optimizer(network: Network, course: Course) -> Optimizer:
    """AdamW over heads and upper layers in full, each with its highest rate."""
    network.requires_grad_(False)
    upper = [list(layer.parameters()) for layer in network.layers[network.depth.frozen :]]
    heads = [
        p for head in (network.topic, network.violation, network.shared) for p in head.parameters()
    ]
    groups: list[dict[str, Any]] = [{"params": heads, "lr": course.head_rate, "weight_decay": 0.05}]
    for depth, layer in enumerate(reversed(upper)):
        rate = course.upper_rate * course.layer_decay**depth
        groups.append({"params": layer, "lr": rate, "weight_decay": 0.01})
    for group in groups:
        for parameter in group["params"]:
            parameter.requires_grad = True
    return torch.optim.AdamW(groups, betas=(0.9, 0.98))


def schedule(done: float, warm_up: float = WARM_UP) -> float:
    """The share of the full rate after this share of the training."""
    return done / warm_up if done < warm_up else max(0.02, (1 - done) / (1 - warm_up))


def loss(
    network: Network,
    batch: tuple[Tensor, Tensor, Tensor],
    task: Task,
    rows: Integers,
    smoothing: float = SMOOTHING,
) -> Tensor:
    """Log loss of topic, of violation given the topic, and of each known label."""
    labels, topics = torch.from_numpy(task.labels[rows]), torch.from_numpy(task.topics[rows])
    weights, known = torch.from_numpy(task.weights[rows]), ~labels.isnan()
    labels = labels.nan_to_num()
    score, violation, topic = network.upper(*batch)
    named = functional.cross_entropy(topic, topics, reduction="none", label_smoothing=smoothing)
    last = labels.shape[1] - 1
    column = topics.clamp(0, last)[:, None]
    asked = (topics >= 0) & (topics <= last) & known.gather(1, column)[:, 0]
    smooth = labels.gather(1, column)[:, 0] * (1 - smoothing) + smoothing / 2
    judged = functional.binary_cross_entropy_with_logits(
        violation.gather(1, column)[:, 0], smooth, reduction="none"
    )
    pairs = labels * score + (1 - labels) * torch.log1p(-score.exp())
    joint = -(pairs * known).sum(1)
    return ((named + 1.5 * asked * judged + 0.7 * joint) * weights).sum() / weights.sum()


@torch.no_grad()
def predict(network: Network, states: States) -> Floats:
    """Log-odds [texts, clauses]."""
    network.eval()
    lengths = states.lengths()
    scores: Floats = np.empty((len(lengths), network.violation.out_features), np.float32)
    for rows in np.array_split(np.argsort(lengths), max(1, len(lengths) // 32)):
        score, _, _ = network.upper(*states.batch(rows))
        scores[rows] = (score - torch.log1p(-score.exp())).numpy()
    return scores
