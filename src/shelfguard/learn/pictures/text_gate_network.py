"""The text gate as a PyTorch module."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

SIDE = 64
"""Pixels of the square that the graph is traced with; it then takes any size."""


class Gate(nn.Module):
    """Pixels [n, 3, height, width] to the log-odds of text [n, height / 8, width / 8].

    One path sees the strokes of small letters, the other, on larger cells, those of large ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Sequential(
            _layer(3, 8, stride=2),
            _layer(8, 16, stride=2),
            _layer(16, 24, stride=2),
            _layer(24, 24),
        )
        self.far = nn.Sequential(
            _layer(24, 48, stride=2),
            _layer(48, 48),
            _layer(48, 48, spread=2),
            _layer(48, 48, spread=4),
            nn.Upsample(scale_factor=2),
        )
        self.head = nn.Sequential(_layer(24 + 48, 24, side=1), nn.Conv2d(24, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        near = self.near(pixels)
        odds: Tensor = self.head(torch.cat([near, self.far(near)], 1))[:, 0]
        return odds


def _layer(takes: int, gives: int, side: int = 3, stride: int = 1, spread: int = 1) -> nn.Module:
    margin = side // 2 * spread
    convolution = nn.Conv2d(takes, gives, side, stride, margin, spread, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(gives), nn.ReLU())


def export(gate: Gate, path: Path) -> None:
    """Write the gate as an ONNX graph that takes pictures of any size."""
    sizes = {2: "height", 3: "width"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as `learn.compress.export`, the graph is traced
        torch.onnx.export(
            gate,
            (torch.zeros(1, 3, SIDE, SIDE),),
            str(path),
            input_names=["pixels"],
            output_names=["odds"],
            opset_version=17,
            dynamo=False,
            dynamic_axes={"pixels": sizes, "odds": {1: "rows", 2: "columns"}},
        )
