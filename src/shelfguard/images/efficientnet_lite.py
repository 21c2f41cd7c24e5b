"""A build step: the checkpoint of EfficientNet-Lite0 becomes an ONNX graph for `Backbone`.

    convert(sources.find(sources.EFFICIENTNET_LITE0), Path("efficientnet-lite0.onnx"))

It needs PyTorch and onnx, from the extra `learn`; what it writes does not.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from shelfguard.errors import ModelError
from shelfguard.images.backbone import EFFICIENTNET_LITE

Floats = npt.NDArray[np.float32]

BLOCKS = 16
HALVING = {1, 3, 5, 11}
"""Blocks that halve height and width, as the stem does (Tan and Le, 2019, table 1)."""

WIDTH = 1280
EPSILON = 1e-3
OPSET, IR_VERSION = 17, 8
"""What the transformers of this project are written in."""


def convert(checkpoint: Path, graph: Path) -> None:
    """Write a graph from `picture` [1, 3, 224, 224] to `vector` [1, 1280]. Same in, same bytes out.

    Raises:
        ModelError: the checkpoint cannot be read, or is of another network.
    """
    try:
        weights = torch.load(checkpoint, map_location="cpu", weights_only=True)
        model = _Writer({name: each.numpy() for name, each in weights.items()}).model()
    except (OSError, pickle.UnpicklingError, RuntimeError, AttributeError, KeyError) as error:
        problem = f"no checkpoint of EfficientNet-Lite0 ({error})"
        raise ModelError(
            problem, file=checkpoint, fix="Name the file that its package has"
        ) from error
    onnx.checker.check_model(model)
    onnx.save(model, str(graph))


class _Writer:
    """Appends one layer after another to a graph; batch normalisation goes into the weights."""

    def __init__(self, weights: dict[str, Floats]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        """The whole network, up to the pooled features."""
        last = self._clipped(self._convolution("picture", "_conv_stem", "_bn0", stride=2))
        for number in range(BLOCKS):
            last = self._block(last, f"_blocks.{number}.", 2 if number in HALVING else 1)
        last = self._clipped(self._convolution(last, "_conv_head", "_bn1"))
        pooled = self._node("GlobalAveragePool", last)
        self._nodes.append(helper.make_node("Flatten", [pooled], ["vector"]))
        side = EFFICIENTNET_LITE.side
        float32 = TensorProto.FLOAT
        picture = helper.make_tensor_value_info("picture", float32, [1, 3, side, side])
        vector = helper.make_tensor_value_info("vector", float32, [1, WIDTH])
        graph = helper.make_graph(self._nodes, "lite0", [picture], [vector], self._constants)
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)

    def _block(self, entry: str, name: str, stride: int) -> str:
        """An inverted residual (Sandler et al., 2018)."""
        last = entry
        if f"{name}_expand_conv.weight" in self._weights:
            last = self._clipped(self._convolution(last, f"{name}_expand_conv", f"{name}_bn0"))
        deep = self._convolution(last, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        out = self._convolution(self._clipped(deep), f"{name}_project_conv", f"{name}_bn2")
        return self._node("Add", entry, out) if self._is_residual(name, stride) else out

    def _is_residual(self, name: str, stride: int) -> bool:
        """Whether a block's entry has the shape of its end."""
        first = self._weights.get(f"{name}_expand_conv.weight")
        ends = self._weights[f"{name}_project_conv.weight"].shape[0]
        return stride == 1 and first is not None and first.shape[1] == ends

    def _convolution(self, entry: str, layer: str, norm: str, stride: int = 1) -> str:
        kernel = self._weights[f"{layer}.weight"]
        scale, shift, mean, variance = (
            self._weights[f"{norm}.{part}"]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = scale / np.sqrt(variance + EPSILON)
        folded = self._constant(f"{layer}.weight", kernel * scale[:, None, None, None])
        bias = self._constant(f"{layer}.bias", shift - mean * scale)
        # Only depthwise kernels see one channel each; the project's others see at least eight.
        group = kernel.shape[0] if kernel.shape[1] == 1 else 1
        return self._node(
            "Conv", entry, folded, bias, auto_pad="SAME_UPPER", strides=[stride] * 2, group=group
        )

    def _clipped(self, entry: str) -> str:
        """ReLU6."""
        if "six" not in {each.name for each in self._constants}:
            self._constant("zero", np.array(0, np.float32))
            self._constant("six", np.array(6, np.float32))
        return self._node("Clip", entry, "zero", "six")

    def _constant(self, name: str, values: Floats) -> str:
        self._constants.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def _node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output
