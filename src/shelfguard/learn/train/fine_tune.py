"""Fine-tune the upper layers of a pretrained transformer on the pack's examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor
from torch.nn import functional

from shelfguard.learn.train.network import Network
from shelfguard.learn.train.pretrained import HIDDEN
from shelfguard.models.embedding import Floats, token_ids

Integers = npt.NDArray[np.int64]

BATCH_TOKENS = 2048
UPPER_RATE, HEAD_RATE = 1.5e-4, 1e-3
LAYER_DECAY = 0.9
"""Each layer learns at this share of the rate of the one above it (Howard and Ruder, 2018)."""

WARM_UP = 0.08
SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class States:
    """What the frozen layers make of each text, in half precision to save memory."""

    early: list[npt.NDArray[np.float16]]
    last: list[npt.NDArray[np.float16]]

    def lengths(self) -> Integers:
        return np.array([len(states) for states in self.last], np.int64)

    def batch(self, rows: Integers) -> tuple[Tensor, Tensor, Tensor]:
        """(early, states, mask) of some texts, padded to the longest."""
        width = max(len(self.last[row]) for row in rows)
        states = torch.zeros(len(rows), width, HIDDEN)
        mask = torch.zeros(len(rows), width)
        for i, row in enumerate(rows):
            length = len(self.last[row])
            states[i, :length] = torch.from_numpy(self.last[row].astype(np.float32))
            mask[i, :length] = 1
        early = torch.from_numpy(np.stack([self.early[row] for row in rows]).astype(np.float32))
        return early, states, mask


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn: labels [texts, clauses], the topic of each text, and how much it counts.

    Topic number `clauses` is "none of them".
    """

    labels: Floats
    topics: Integers
    weights: Floats


@torch.no_grad()
def frozen_states(
    network: Network, tokenizer: SentencePieceProcessor, texts: Sequence[str]
) -> States:
    """Run the frozen layers once over every text."""
    network.eval()
    ids = [token_ids(tokenizer, text) for text in texts]
    early: list[npt.NDArray[np.float16]] = [np.empty(0, np.float16)] * len(ids)
    last = list(early)
    order = np.argsort([len(row) for row in ids], kind="stable")
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        width = max(len(ids[row]) for row in rows)
        block = torch.ones(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width)
        for i, row in enumerate(rows):
            block[i, : len(ids[row])] = torch.tensor(ids[row])
            mask[i, : len(ids[row])] = 1
        mean, states = network.lower(block, mask)
        for i, row in enumerate(rows):
            early[row] = mean[i].numpy().astype(np.float16)
            last[row] = states[i, : len(ids[row])].numpy().astype(np.float16)
    return States(early, last)


def fine_tune(
    network: Network,
    states: States,
    task: Task,
    epochs: int,
    seed: int,
    report: Callable[[int, float], None],
) -> None:
    """Train heads and upper layers with AdamW, the rate rising and then falling linearly."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    optimizer, rates = _optimizer(network)
    lengths = states.lengths()
    total = epochs * sum(1 for _ in _batches(lengths, np.random.default_rng(seed)))
    step = 0
    for epoch in range(epochs):
        network.train()
        losses = []
        for rows in _batches(lengths, rng):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * _schedule(step / total)
            loss = _loss(network, states.batch(rows), task, rows)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            step += 1
        report(epoch, float(np.mean(losses)))


def _optimizer(network: Network) -> tuple[torch.optim.AdamW, list[float]]:
    """The optimizer, and the full rate of each of its groups."""
    for parameter in network.parameters():
        parameter.requires_grad = False
    upper = [list(layer.parameters()) for layer in network.layers[network.depth.frozen :]]
    heads = [
        p for head in (network.topic, network.violation, network.shared) for p in head.parameters()
    ]
    groups: list[dict[str, Any]] = [{"params": heads, "weight_decay": 0.05}]
    groups += [{"params": layer, "weight_decay": 0.01} for layer in reversed(upper)]
    for group in groups:
        for parameter in group["params"]:
            parameter.requires_grad = True
    rates = [HEAD_RATE, *(UPPER_RATE * LAYER_DECAY**depth for depth in range(len(upper)))]
    return torch.optim.AdamW(groups, lr=1.0, betas=(0.9, 0.98)), rates


def _schedule(done: float) -> float:
    return done / WARM_UP if done < WARM_UP else max(0.02, (1 - done) / (1 - WARM_UP))


def _batches(lengths: Integers, rng: np.random.Generator) -> Iterator[Integers]:
    """Texts of like length together, about BATCH_TOKENS tokens a batch, in random order."""
    order = np.argsort(lengths + rng.uniform(-6, 6, len(lengths)))
    filled = np.cumsum(lengths[order]) // BATCH_TOKENS
    batches = np.split(order, np.flatnonzero(np.diff(filled)) + 1)
    for i in rng.permutation(len(batches)):
        yield batches[i]


def _loss(
    network: Network, batch: tuple[Tensor, Tensor, Tensor], task: Task, rows: Integers
) -> Tensor:
    labels, topics = torch.from_numpy(task.labels[rows]), torch.from_numpy(task.topics[rows])
    weights = torch.from_numpy(task.weights[rows])
    score, violation, topic = network.upper(*batch)
    named = functional.cross_entropy(topic, topics, reduction="none", label_smoothing=SMOOTHING)
    known = topics < labels.shape[1]
    column = topics.clamp(max=labels.shape[1] - 1)[:, None]
    smooth = labels.gather(1, column)[:, 0] * (1 - SMOOTHING) + SMOOTHING / 2
    judged = functional.binary_cross_entropy_with_logits(
        violation.gather(1, column)[:, 0], smooth, reduction="none"
    )
    joint = -(labels * score + (1 - labels) * torch.log1p(-score.exp())).sum(1)
    return ((named + 1.5 * known * judged + 0.7 * joint) * weights).sum() / weights.sum()


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
