"""Tiny networks on disk, written without the `onnx` package, which scans do not need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.unit.models.tiny_graph import FLOAT, INT, INT64, INTS, field, node, tensor

Floats = npt.NDArray[np.float32]
Shape = tuple[int, ...]


def write_dark_is_salient(path: Path, side: int = 320) -> Path:
    """Salience [1, 1, side, side]: whatever is clearly darker than white."""
    nodes = [
        node("ReduceMean", ["picture"], "light", _ints("axes", 1)),
        node("Sub", ["light", "pale"], "dark"),
        node("Mul", ["dark", "steep"], "sure"),
        node("Sigmoid", ["sure"], "found"),
    ]
    constants = [_tensor("pale", [1.8]), _tensor("steep", [-50.0])]
    return _write(path, nodes, constants, (1, 3, side, side), (1, 1, side, side))


def write_red_is_unsafe(path: Path, side: int = 224) -> Path:
    """Probabilities [1, 2] from the mean of blue, green and red, last in the tensor."""
    nodes = [
        node("ReduceMean", ["picture"], "mean", _ints("axes", 1, 2), _int("keepdims", 0)),
        node("MatMul", ["mean", "weights"], "logits"),
        node("Softmax", ["logits"], "found"),
    ]
    weights = [[0.0, -0.1], [0.0, -0.1], [0.0, 0.1]]
    return _write(path, nodes, [_tensor("weights", weights)], (1, side, side, 3), (1, 2))


def write_mean_colour(path: Path, side: int = 224) -> Path:
    """A vector [1, 3]: the mean of each channel."""
    nodes = [
        node("GlobalAveragePool", ["picture"], "pooled"),
        node("Flatten", ["pooled"], "found"),
    ]
    return _write(path, nodes, [], (1, 3, side, side), (1, 3))


def write_fixed(path: Path, output: Floats, side: int = 320) -> Path:
    """The same output for every picture [1, 3, side, side]."""
    nodes = [node("Identity", ["always"], "found")]
    constants = [tensor("always", output)]
    return _write(path, nodes, constants, (1, 3, side, side), output.shape)


def write_word_table(path: Path, table: Floats) -> Path:
    """The mean [1, width] of the rows of a table [words, width] that `input_ids` [1, n] names."""
    nodes = [
        node("Gather", ["table", "input_ids"], "rows"),
        node("ReduceMean", ["rows"], "vector", _ints("axes", 1), _int("keepdims", 0)),
    ]
    graph = [
        *(field(1, each) for each in nodes),
        field(2, "tiny"),
        field(5, tensor("table", table)),
        field(11, _value("input_ids", INT64, (1, "tokens"))),
        field(12, _value("vector", FLOAT, (1, table.shape[1]))),
    ]
    return _save(path, graph)


def _write(
    path: Path, nodes: list[bytes], constants: list[bytes], takes: Shape, gives: Shape
) -> Path:
    """From the input `picture` to the output `found`."""
    graph = [
        *(field(1, each) for each in nodes),
        field(2, "tiny"),
        *(field(5, each) for each in constants),
        field(11, _value("picture", FLOAT, takes)),
        field(12, _value("found", FLOAT, gives)),
    ]
    return _save(path, graph)


def _save(path: Path, graph: list[bytes]) -> Path:
    opset = field(8, field(1, "") + field(2, 17))
    path.write_bytes(field(1, 8) + field(7, b"".join(graph)) + opset)
    return path


def _value(name: str, kind: int, sizes: tuple[int | str, ...]) -> bytes:
    shape = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in sizes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def _tensor(name: str, values: list[float] | list[list[float]]) -> bytes:
    return tensor(name, np.array(values, np.float32))


def _ints(name: str, *values: int) -> bytes:
    return field(1, name) + b"".join(field(8, value) for value in values) + field(20, INTS)


def _int(name: str, value: int) -> bytes:
    return field(1, name) + field(3, value) + field(20, INT)
