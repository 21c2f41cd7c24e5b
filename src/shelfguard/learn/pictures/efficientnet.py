"""EfficientNet-Lite0 as a trainable network of feature maps (Tan and Le, 2019)."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfguard.errors import ModelError
from shelfguard.images.efficientnet_lite import BLOCKS, EPSILON, HALVING

MAPS = {4: 40, 10: 112, 15: 320}
"""The last block before height and width are halved again, and its channels."""

STRIDES = (8, 16, 32)
"""Pixels of the picture that a cell of each map stands for."""

Weights = dict[str, Tensor]


class Layer(nn.Conv2d):
    """A convolution with its batch normalisation folded in, and the padding of TensorFlow."""

    def __init__(self, weights: Weights, name: str, norm: str, stride: int = 1) -> None:
        kernel = weights[f"{name}.weight"]
        out, depth, side, _ = kernel.shape
        groups = out if depth == 1 else 1
        super().__init__(depth * groups, out, side, stride, side // 2, groups=groups)
        scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + EPSILON).sqrt()
        shift = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
        self.weight = nn.Parameter(kernel * scale[:, None, None, None])
        self.bias = nn.Parameter(shift)

    def forward(self, entry: Tensor) -> Tensor:
        if self.stride == (1, 1):
            return super().forward(entry)
        # Of an even side, halved, TensorFlow pads the far edge by one more.
        padded = functional.pad(entry, [self.padding[0] - 1, self.padding[0]] * 2)
        return functional.conv2d(padded, self.weight, self.bias, self.stride, 0, 1, self.groups)


class Block(nn.Module):
    """An inverted residual (Sandler et al., 2018)."""

    def __init__(self, weights: Weights, number: int) -> None:
        super().__init__()
        name, stride = f"_blocks.{number}.", 2 if number in HALVING else 1
        expands = f"{name}_expand_conv.weight" in weights
        self.expand = Layer(weights, f"{name}_expand_conv", f"{name}_bn0") if expands else None
        self.depthwise = Layer(weights, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        self.project = Layer(weights, f"{name}_project_conv", f"{name}_bn2")
        first = self.expand or self.depthwise
        self.is_residual = stride == 1 and first.in_channels == self.project.out_channels

    def forward(self, entry: Tensor) -> Tensor:
        last = _clipped(self.expand(entry)) if self.expand else entry
        last = self.project(_clipped(self.depthwise(last)))
        return entry + last if self.is_residual else last


class FeatureMaps(nn.Module):
    """Pictures [n, 3, side, side] to a map [n, channels, side / stride, side / stride] a stride.

    The stem and the first `frozen` blocks stay as they are.
    """

    def __init__(self, weights: Weights, frozen: int) -> None:
        super().__init__()
        self.stem = Layer(weights, "_conv_stem", "_bn0", 2)
        self.blocks = nn.ModuleList(Block(weights, number) for number in range(BLOCKS))
        self._frozen = frozen
        for part in (self.stem, *self.blocks[:frozen]):
            part.requires_grad_(False)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        last, maps = _clipped(self.stem(pictures)), []
        for number, block in enumerate(self.blocks):
            last = block(last)
            if number in MAPS:
                maps.append(last)
        return maps


def _clipped(entry: Tensor) -> Tensor:
    """ReLU6, in place: a third of the time is spent on moving these maps."""
    return functional.relu6(entry, inplace=True)


def read_weights(checkpoint: Path) -> Weights:
    """The tensors of the checkpoint that `sources.EFFICIENTNET_LITE0` names.

    Raises:
        ModelError: the file cannot be read, or is of another network.
    """
    fix = "Name the file that its package has"
    try:
        weights: Weights = torch.load(checkpoint, map_location="cpu", weights_only=True)
        FeatureMaps(weights, 0)
    except (OSError, pickle.UnpicklingError, RuntimeError, AttributeError, KeyError) as error:
        problem = f"no checkpoint of EfficientNet-Lite0 ({error})"
        raise ModelError(problem, file=checkpoint, fix=fix) from error
    return weights
