"""The trained detector as one ONNX graph: pictures in, boxes and logits out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from shelfguard.images.objects import INTERCEPT, LABELS, SLOPE
from shelfguard.learn.pictures.detector_network import DetectorNetwork

OPSET = 17

LARGE = 1000
"""Weights with more values than this are stored in 16 bits; the rest is no tenth of the file."""


class _Deployed(nn.Module):
    """Boxes in shares of the square beside the logits, [1, cells, 4 + labels]."""

    def __init__(self, network: DetectorNetwork, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def forward(self, picture: Tensor) -> Tensor:
        cells = self.network(picture)
        return torch.cat([cells.boxes / self.side, cells.logits], -1)


def export(network: DetectorNetwork, labels: Sequence[str], side: int, graph: Path) -> None:
    """Write a graph whose scores are not calibrated yet."""
    deployed = _Deployed(network.eval().to(memory_format=torch.contiguous_format), side)
    with catch_warnings():
        simplefilter("ignore")  # of the traced sizes, which never change
        torch.onnx.export(
            deployed.eval(),
            (torch.zeros(1, 3, side, side),),
            str(graph),
            input_names=["picture"],
            output_names=["cells"],
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(str(graph))
    _halve(model.graph)
    onnx.save(model, str(graph))
    describe(graph, {LABELS: json.dumps(list(labels)), SLOPE: "1.0", INTERCEPT: "0.0"})


def describe(graph: Path, about: dict[str, str]) -> None:
    """Add to what a graph says of itself, or replace it."""
    model = onnx.load(str(graph))
    told = {entry.key: entry.value for entry in model.metadata_props}
    helper.set_model_props(model, told | about)
    onnx.checker.check_model(model)
    onnx.save(model, str(graph))


def _halve(graph: onnx.GraphProto) -> None:
    """Store large weights in half precision; they are floats again once the graph is loaded."""
    casts = []
    for tensor in [each for each in graph.initializer if np.prod(each.dims) > LARGE]:
        half = numpy_helper.to_array(tensor).astype(np.float16)
        graph.initializer.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
        graph.initializer.remove(tensor)
        to = onnx.TensorProto.FLOAT
        casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=to))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
