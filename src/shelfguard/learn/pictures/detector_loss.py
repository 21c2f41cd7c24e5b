"""What the detector is trained to do, and how far it is from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from shelfguard.learn.pictures.detector_network import Cells

SIZES = {8: (0.0, 96.0), 16: (48.0, 192.0), 32: (112.0, float("inf"))}
"""Stride: the longer sides in pixels, of objects that its cells tell of. They overlap, so that an
object of middling size is learned from on two maps."""

RADIUS = 1.5
"""A cell tells of an object whose middle is at most so many cells away (Tian et al., 2022)."""

BOX_WEIGHT = 2.0
"""Of the boxes' loss against that of the labels (Li et al., 2020)."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The objects of one picture: `boxes` [objects, 4] in pixels, `labels` [objects]."""

    boxes: Tensor
    labels: Tensor


def detector_loss(cells: Cells, truths: Sequence[Truth]) -> Tensor:
    """Quality focal loss of the labels (Li et al., 2020) and generalised overlap of the boxes."""
    told = [assign(cells.centres, cells.strides, truth) for truth in truths]
    targets = torch.zeros_like(cells.logits)
    box_losses = []
    for number, (truth, objects) in enumerate(zip(truths, told, strict=True)):
        places = torch.nonzero(objects >= 0).flatten()
        wanted = objects[places]
        generalised, overlap = overlaps(cells.boxes[number, places], truth.boxes[wanted])
        targets[number, places, truth.labels[wanted]] = overlap.detach()
        box_losses.append(1 - generalised)
    wrong = torch.cat(box_losses)
    return (_focal(cells.logits, targets) + BOX_WEIGHT * wrong.sum()) / max(1, len(wrong))


def assign(centres: Tensor, strides: Tensor, truth: Truth) -> Tensor:
    """The object [cells] that each cell tells of, -1 for none; of several, the smallest."""
    if not len(truth.boxes):
        return torch.full((len(centres),), -1)
    boxes = truth.boxes
    sides = boxes[:, 2:] - boxes[:, :2]
    low, high = (
        torch.tensor([SIZES[int(stride)][end] for stride in strides.unique()]) for end in (0, 1)
    )
    level = torch.bucketize(strides, strides.unique())
    longest = sides.max(1).values
    fits = (longest >= low[level, None]) & (longest < high[level, None])
    away = (centres[:, None] - (boxes[:, :2] + boxes[:, 2:]) / 2).abs()
    near = (away <= RADIUS * strides[:, None, None]).all(-1)
    inside = (centres[:, None] > boxes[:, :2]).all(-1) & (centres[:, None] < boxes[:, 2:]).all(-1)
    areas = sides.prod(1).expand(len(centres), -1)
    areas = torch.where(fits & near & inside, areas, torch.inf)
    smallest, objects = areas.min(1)
    return torch.where(smallest.isinf(), -1, objects)


def overlaps(boxes: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """The generalised overlap (Rezatofighi et al., 2019) and the plain one, pair by pair [n]."""
    shared = _area(
        torch.maximum(boxes[:, :2], others[:, :2]), torch.minimum(boxes[:, 2:], others[:, 2:])
    )
    around = _area(
        torch.minimum(boxes[:, :2], others[:, :2]), torch.maximum(boxes[:, 2:], others[:, 2:])
    )
    union = _area(boxes[:, :2], boxes[:, 2:]) + _area(others[:, :2], others[:, 2:]) - shared
    plain = shared / union.clamp(min=1e-6)
    return plain - (around - union) / around.clamp(min=1e-6), plain


def _area(first: Tensor, last: Tensor) -> Tensor:
    return (last - first).clamp(min=0).prod(-1)


def _focal(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy that weighs each cell by the square of its error, summed."""
    errors = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (errors * (targets - logits.sigmoid()).abs().square()).sum()
