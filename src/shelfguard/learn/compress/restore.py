"""Undo `quantize`: the same function in 32-bit floats, as a peer to measure others against."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Floats = npt.NDArray[np.float32]


def restore_floats(graph: onnx.GraphProto) -> int:
    """Replace 8-bit weights with the floats that they stand for, in place; how many.

    Integer products become products of floats. What rounding took from the weights stays lost.
    """
    weights = {tensor.name: tensor for tensor in graph.initializer}
    producers = {name: node for node in graph.node for name in node.output}
    gone: set[int] = set()
    added: list[tuple[int, onnx.NodeProto]] = []
    restored = 0
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in weights:
            axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
            values, scale = (numpy_helper.to_array(weights[name]) for name in node.input[:2])
            _add(graph, node.output[0], values, scale, axis)
            gone.add(id(node))
            restored += 1
    for place, node in enumerate(graph.node):
        if node.op_type == "MatMulInteger":
            chain = _chain(node, producers)
            gone.update(id(part) for part in chain)
            added.append((place, _float_product(graph, weights, chain)))
            restored += 1
    _rewrite(graph, gone, dict(added))
    return restored


def _chain(node: onnx.NodeProto, producers: dict[str, onnx.NodeProto]) -> list[onnx.NodeProto]:
    """The nodes that `quantize` made of one product, from texts to scaled floats."""
    out = node.output[0].removesuffix(".sum")
    names = (f"{out}.values", node.output[0], f"{out}.float", f"{out}.unit", out)
    return [producers[name] for name in names]


def _float_product(
    graph: onnx.GraphProto, weights: dict[str, onnx.TensorProto], chain: list[onnx.NodeProto]
) -> onnx.NodeProto:
    texts, product, _, unit, last = chain
    name = product.input[1].removesuffix(".values")
    stored = (numpy_helper.to_array(weights[key]) for key in (product.input[1], unit.input[1]))
    values, scale = stored
    _add(graph, name, values, scale, 1)
    return helper.make_node("MatMul", [texts.input[0], name], [last.output[0]], name=last.output[0])


def _add(
    graph: onnx.GraphProto, name: str, values: npt.NDArray[np.int8], scale: Floats, axis: int
) -> None:
    floats = values.astype(np.float32) * np.expand_dims(scale, 1 - axis)
    graph.initializer.append(numpy_helper.from_array(floats, name))


def _rewrite(graph: onnx.GraphProto, gone: set[int], added: dict[int, onnx.NodeProto]) -> None:
    """Drop nodes and the weights that nothing reads any more."""
    nodes = []
    for place, node in enumerate(graph.node):
        if place in added:
            nodes.append(added[place])
        elif id(node) not in gone:
            nodes.append(node)
    read = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)
