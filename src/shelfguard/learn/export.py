"""Write the trained network as an ONNX graph with 8-bit weights and 32-bit arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from shelfguard.learn.network import Network
from shelfguard.models.encoder import MAX_TOKENS

LARGE = 50_000
"""Weights with more values than this are stored in 8 bits."""


class _Deployed(nn.Module):
    """The network with its word embedding in 8 bits, one scale a word."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        words = network.words.weight.detach()
        scale = words.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("values", torch.round(words / scale).to(torch.int8))
        self.register_buffer("scales", scale.half())

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        network, mask = self.network, attention_mask.float()
        words = self.values[input_ids].float() * self.scales[input_ids].float()
        states = network.norm(words + network.places.weight[: input_ids.shape[1]])
        lower = network.lower_states(states, mask)
        score, _, _ = network.upper(*lower, mask)
        return score - torch.log1p(-score.exp())


def export(network: Network, clauses: Sequence[str], path: Path) -> None:
    """Write `path`; its metadata names the clauses of the output and the longest input."""
    deployed = _Deployed(network.eval()).eval()
    network.words = nn.Embedding(1, network.words.embedding_dim)
    example = (torch.randint(4, 100, (2, 17)), torch.ones(2, 17, dtype=torch.long))
    sizes = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        deployed,
        example,
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={"input_ids": sizes, "attention_mask": sizes, "logits": {0: "texts"}},
    )
    model = onnx.load(str(path))
    _quantize_weights(model.graph)
    helper.set_model_props(model, {"clauses": ",".join(clauses), "tokens": str(MAX_TOKENS)})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _quantize_weights(graph: onnx.GraphProto) -> None:
    """Replace each large matrix by 8-bit values and a scale a column, multiplied at load time."""
    initializers = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        if node.op_type not in ("MatMul", "Gemm") or node.input[1] not in initializers:
            continue
        tensor = initializers[node.input[1]]
        weights = numpy_helper.to_array(tensor)
        if weights.size < LARGE:
            continue
        transposed = any(a.name == "transB" and a.i for a in node.attribute)
        graph.node.insert(0, _dequantize_node(graph, tensor.name, weights, 0 if transposed else 1))
        node.input[1] = f"{tensor.name}.float"
        graph.initializer.remove(tensor)


def _dequantize_node(
    graph: onnx.GraphProto, name: str, weights: np.ndarray, axis: int
) -> onnx.NodeProto:
    scale = np.abs(weights).max(axis=1 - axis).clip(1e-8) / 127
    values = np.rint(weights / np.expand_dims(scale, 1 - axis)).astype(np.int8)
    graph.initializer.append(numpy_helper.from_array(values, f"{name}.values"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
    inputs = [f"{name}.values", f"{name}.scale"]
    return helper.make_node("DequantizeLinear", inputs, [f"{name}.float"], axis=axis)
