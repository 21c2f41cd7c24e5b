"""Store the large weights of an ONNX graph in 8 bits, and multiply in 8 bits where that is safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Floats = npt.NDArray[np.float32]

LARGE = 50_000
"""Weights with more values than this are stored in 8 bits."""

HIGHEST = 63
"""Integer products use 7 of a weight's 8 bits: older processors add two of them in 16 bits, which
would overflow. So every processor gives the same sums."""

IN_FLOATS = "/outer/"
"""The second product of a feed-forward block: a few inputs are hundreds of times the rest, of
which 8 bits for the whole text would leave nothing; design/log.md has the measurement."""


def quantize(graph: onnx.GraphProto) -> None:
    """Replace each product with a large matrix, in place.

    Integer products quantize the other factor as they go, a scale a text (ONNX
    `DynamicQuantizeLinear`). Others restore their weights when the graph is loaded.
    """
    _replace(graph, lambda node: node.op_type == "Gemm" or IN_FLOATS in node.name)


def store_weights(graph: onnx.GraphProto) -> None:
    """Store each large matrix in 8 bits, in place; every product stays in floats."""
    _replace(graph, lambda _: True)


def _replace(graph: onnx.GraphProto, in_floats: Callable[[onnx.NodeProto], bool]) -> None:
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        tensor = weights.get(node.input[1]) if node.op_type in ("MatMul", "Gemm") else None
        if tensor is None or np.prod(tensor.dims) < LARGE:
            nodes.append(node)
            continue
        product = _restored if in_floats(node) else _integer
        nodes += product(graph, node, numpy_helper.to_array(tensor))
        graph.initializer.remove(tensor)
    del graph.node[:]
    graph.node.extend(nodes)


def _restored(
    graph: onnx.GraphProto, node: onnx.NodeProto, weights: Floats
) -> Iterator[onnx.NodeProto]:
    """The product, with weights made 32-bit floats again before it."""
    name = node.input[1]
    axis = 0 if any(a.name == "transB" and a.i for a in node.attribute) else 1
    stored = _store(graph, name, weights, axis, 127)
    yield helper.make_node("DequantizeLinear", stored, [f"{name}.float"], axis=axis)
    node.input[1] = f"{name}.float"
    yield node


def _integer(
    graph: onnx.GraphProto, node: onnx.NodeProto, weights: Floats
) -> Iterator[onnx.NodeProto]:
    """The product of 8-bit integers, scaled back to floats."""
    name, out = node.input[1], node.output[0]
    values, scale = _store(graph, name, weights, 1, HIGHEST)
    texts, text_scale, zero = (f"{out}.{part}" for part in ("values", "scale", "zero"))
    yield helper.make_node("DynamicQuantizeLinear", [node.input[0]], [texts, text_scale, zero])
    yield helper.make_node("MatMulInteger", [texts, values, zero], [f"{out}.sum"])
    yield helper.make_node("Cast", [f"{out}.sum"], [f"{out}.float"], to=onnx.TensorProto.FLOAT)
    yield helper.make_node("Mul", [text_scale, scale], [f"{out}.unit"])
    yield helper.make_node("Mul", [f"{out}.float", f"{out}.unit"], [out])


def _store(
    graph: onnx.GraphProto, name: str, weights: Floats, axis: int, highest: int
) -> tuple[str, str]:
    """Add the weights as integers with a scale along an axis; the names of both."""
    scale = np.abs(weights).max(axis=1 - axis).clip(1e-8) / highest
    values = np.rint(weights / np.expand_dims(scale, 1 - axis)).astype(np.int8)
    graph.initializer.append(numpy_helper.from_array(values, f"{name}.values"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"))
    return f"{name}.values", f"{name}.scale"
