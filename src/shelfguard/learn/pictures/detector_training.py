"""The training of the detector: a plain loop on one thread, from one seed to the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter
from torch.nn.utils import clip_grad_norm_
from torch.optim import AdamW

from shelfguard.learn.pictures.detector_loss import Truth, detector_loss
from shelfguard.learn.pictures.detector_network import DetectorNetwork
from shelfguard.learn.pictures.detector_views import Views
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.trainer import Watch

DECAY = 0.05
"""Of weights (AdamW)."""

LONGEST_STEP = 10.0
"""The norm to which a gradient is cut."""

MEMORY = 0.99
"""What one step leaves of the mean of the weights so far, which is the model (Polyak, 1992)."""

WARM_UP = 40
"""Steps over which the rate grows."""

COOL_DOWN = 0.5
"""The last share of the steps, over which the rate falls (Hägele et al., 2024)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast the head and the blocks under it learn; without a rate, these stay as they are."""

    head: float
    backbone: float | None = None


def train_network(
    network: DetectorNetwork,
    views: Views,
    epochs: int,
    rates: Rates,
    checkpoint: Checkpoint,
    watch: Watch,
) -> None:
    """Leave in the network the mean of its weights over the last steps.

    An interrupted training goes on from the checkpoint.
    """
    state = _State(network, rates, len(views) * epochs)
    for epoch in range(state.resume(checkpoint), epochs):
        losses = [state.step(*batch) for batch in views.epoch(epoch)]
        watch.log({f"{checkpoint.file.stem}_loss": float(np.mean(losses))}, epoch + 1)
        watch.advance(epoch + 1, epochs)
        state.save(checkpoint, epoch + 1)
    state.finish()


class _State:
    """What changes from step to step: weights, their mean, and the optimizer."""

    def __init__(self, network: DetectorNetwork, rates: Rates, total: int) -> None:
        self._network, self._total, self._done = network, total, 0
        groups = [(_head(network), rates.head)]
        if rates.backbone:
            backbone = [each for each in network.maps.parameters() if each.requires_grad]
            groups.append((backbone, rates.backbone))
        self._rates = [rate for _, rate in groups]
        self._learned = [each for learned, _ in groups for each in learned]
        grouped = [{"params": learned, "lr": rate} for learned, rate in groups]
        self._optimizer = AdamW(grouped, weight_decay=DECAY)
        self._mean = [each.detach().clone() for each in self._learned]

    def step(self, maps: list[Tensor], truths: Sequence[Truth]) -> float:
        """Learn from one batch; its loss."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * _pace(self._done, self._total)
        loss = detector_loss(self._network.read(maps), truths)
        self._optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(self._learned, LONGEST_STEP)
        self._optimizer.step()
        self._done += 1
        with torch.no_grad():
            for mean, weight in zip(self._mean, self._learned, strict=True):
                mean.lerp_(weight, 1 - MEMORY)
        return float(loss.detach())

    def resume(self, checkpoint: Checkpoint) -> int:
        """The epochs that are done."""
        if (state := checkpoint.load()) is None:
            return 0
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._mean, self._done = state["mean"], state["steps"]
        return int(state["epoch"])

    def save(self, checkpoint: Checkpoint, epoch: int) -> None:
        checkpoint.save(
            {
                "network": self._network.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "mean": self._mean,
                "steps": self._done,
                "epoch": epoch,
            }
        )

    def finish(self) -> None:
        """The mean takes the place of the last weights."""
        with torch.no_grad():
            for mean, weight in zip(self._mean, self._learned, strict=True):
                weight.copy_(mean)


def _head(network: DetectorNetwork) -> list[Parameter]:
    backbone = {id(each) for each in network.maps.parameters()}
    return [each for each in network.parameters() if id(each) not in backbone]


def _pace(step: int, total: int) -> float:
    """The share of the rate: up in a line, level, and down in a line."""
    falling = (total - step) / max(1.0, COOL_DOWN * total)
    return min((step + 1) / WARM_UP, 1.0, falling)
