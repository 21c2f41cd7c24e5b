"""A small one-stage detector without anchors, on the feature maps of EfficientNet-Lite0.

Maps are joined from coarse to fine (Lin et al., "Feature pyramid networks", 2017). Each cell tells
how likely each label is there and how far the edges of its object are (Tian et al., "FCOS", 2019);
the likelihood is trained to be the overlap that the box reaches (Li et al., "Generalized focal
loss", 2020), so that no further output ranks the boxes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfguard.learn.pictures.efficientnet import MAPS, STRIDES, FeatureMaps, Weights

WIDTH = 96
"""Channels of the head."""

GROUPS = 8
"""Of channels that are normalised together: batches are too small for their own statistics."""

RARE = 0.01
"""The likelihood of every label before training, so that empty cells do not drown the others."""

FARTHEST = 6.0
"""The logarithm of the longest distance in cells: beyond any picture, it keeps steps finite."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What all cells of all maps say of pictures.

    `logits` [pictures, cells, labels]; `boxes` [pictures, cells, 4] are left, top, right and bottom
    in pixels of the square; `centres` [cells, 2] and `strides` [cells] are in pixels too.
    """

    logits: Tensor
    boxes: Tensor
    centres: Tensor
    strides: Tensor


class DetectorNetwork(nn.Module):
    """Prepared pictures [n, 3, side, side] to `Cells`; `side` is a multiple of 32."""

    def __init__(self, weights: Weights, labels: int, frozen: int) -> None:
        super().__init__()
        self.maps = FeatureMaps(weights, frozen)
        self.sides = nn.ModuleList(nn.Conv2d(channels, WIDTH, 1) for channels in MAPS.values())
        self.joined = nn.ModuleList(_separable() for _ in MAPS)
        self.towers = nn.ModuleList(nn.Sequential(_separable(), _separable()) for _ in range(2))
        self.label = nn.Conv2d(WIDTH, labels, 1)
        self.edges = nn.Conv2d(WIDTH, 4, 1)
        self.scales = nn.Parameter(torch.ones(len(MAPS)))
        nn.init.normal_(self.label.weight, std=0.01)
        nn.init.constant_(self.label.bias, -math.log(1 / RARE - 1))
        nn.init.normal_(self.edges.weight, std=0.01)
        nn.init.constant_(self.edges.bias, 1.0)

    def forward(self, pictures: Tensor) -> Cells:
        return self.read(self.maps(pictures))

    def read(self, maps: list[Tensor]) -> Cells:
        """What the head makes of feature maps, finest first."""
        found = [self._read(level, each) for level, each in enumerate(self._pyramid(maps))]
        logits, boxes, centres, strides = zip(*found, strict=True)
        return Cells(
            torch.cat(logits, 1), torch.cat(boxes, 1), torch.cat(centres), torch.cat(strides)
        )

    def _pyramid(self, maps: list[Tensor]) -> list[Tensor]:
        """The maps, each with what the coarser ones say added, finest first."""
        entries = [side(each) for side, each in zip(self.sides, maps, strict=True)]
        for fine in reversed(range(len(entries) - 1)):
            entries[fine] = entries[fine] + functional.interpolate(
                entries[fine + 1], scale_factor=2
            )
        return [join(each) for join, each in zip(self.joined, entries, strict=True)]

    def _read(self, level: int, entry: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Logits, boxes, centres and strides of one map's cells."""
        labels, edges = (tower(entry) for tower in self.towers)
        stride = STRIDES[level]
        centres = cell_centres(entry.shape[-1], stride)
        logits = self.label(labels).flatten(2).transpose(1, 2)
        away = (self.edges(edges) * self.scales[level]).clamp(max=FARTHEST).exp()
        away = away.flatten(2).transpose(1, 2) * stride
        boxes = torch.cat([centres - away[..., :2], centres + away[..., 2:]], -1)
        return logits, boxes, centres, torch.full((len(centres),), float(stride))


def cell_centres(side: int, stride: int) -> Tensor:
    """The middle [side * side, 2] of each cell in pixels, row by row."""
    along = (torch.arange(side) + 0.5) * stride
    down, across = torch.meshgrid(along, along, indexing="ij")
    return torch.stack([across.flatten(), down.flatten()], -1)


def _separable() -> nn.Sequential:
    """A convolution of 3 x 3 cells, then one across channels, normalised."""
    return nn.Sequential(
        nn.Conv2d(WIDTH, WIDTH, 3, padding=1, groups=WIDTH, bias=False),
        nn.Conv2d(WIDTH, WIDTH, 1, bias=False),
        nn.GroupNorm(GROUPS, WIDTH),
        nn.ReLU6(),
    )
