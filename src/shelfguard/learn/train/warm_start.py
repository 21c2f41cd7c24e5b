"""Go on from a trained transformer: its 8-bit graph read back into a network.

New labels then cost an epoch or two instead of a training from the pretrained model on. What
rounding to 8 bits took from the weights is far below what an epoch moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor

from shelfguard.errors import ModelError
from shelfguard.learn.compress.restore import restore_floats
from shelfguard.learn.train.network import Network
from shelfguard.models.embedding import Embedding
from shelfguard.models.source import digest
from shelfguard.models.transformer import requirements
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import MODEL_FILES
from shelfguard.signals.text import TRANSFORMERS, resolve_models

FIELD = "settings.start"

ELSEWHERE = ("words.weight",)
"""The word embedding stands in a file of its own."""

PRODUCT, ROOT = "/MatMul_output_0", "network."


def start_from(network: Network, source: str, clauses: Sequence[str], embedding: Embedding) -> str:
    """Give a network the weights of a trained one with as many layers and the same heads.

    `source` is a model folder, or a pack by folder or name. Returns the SHA-256 of its graph.

    Raises:
        ModelError: there is none, or it has other clauses, layers or word pieces.
        PackError: there is no such folder or pack.
    """
    file, model = _find(source, network.depth.layers)
    given = {prop.key: prop.value for prop in model.metadata_props}
    wanted = {"clauses": ",".join(clauses), **requirements(embedding)}
    for name, value in wanted.items():
        if given.get(name) != value:
            problem, fix = f"was trained for other {name}", "Start from another model, or from none"
            raise ModelError(problem, file=file, field=FIELD, fix=fix)
    restore_floats(model.graph)
    try:
        found = network.load_state_dict(dict(_weights(model.graph)), strict=False)
    except RuntimeError as error:
        raise ModelError(f"is no network of ours ({error})", file=file, field=FIELD) from error
    if found.unexpected_keys or set(found.missing_keys) != set(ELSEWHERE):
        raise ModelError("is no network of ours", file=file, field=FIELD)
    return digest(file)


def _find(source: str, layers: int) -> tuple[Path, onnx.ModelProto]:
    """The graph with so many layers of a folder or a pack, and its file."""
    folder = Path(source)
    if any((folder / MODEL_FILES[stage]).is_file() for stage in TRANSFORMERS):
        files = [folder / MODEL_FILES[stage] for stage in TRANSFORMERS]
    else:
        resolved = resolve_models(load_pack(source))
        files = [resolved[stage] for stage in TRANSFORMERS if stage in resolved]
    for file in filter(Path.is_file, files):
        model = _read(file)
        if _layers(model.graph) == layers:
            return file, model
    raise ModelError(f"{source} has no transformer of {layers} layers", field=FIELD)


def _read(file: Path) -> onnx.ModelProto:
    try:
        return onnx.load(str(file))
    except (OSError, DecodeError) as error:
        raise ModelError(f"no model ({error})", file=file, field=FIELD) from error


def _layers(graph: onnx.GraphProto) -> int:
    return sum(
        t.name.startswith("network.layers.") and ".norm1.bias" in t.name for t in graph.initializer
    )


def _weights(graph: onnx.GraphProto) -> Iterator[tuple[str, Tensor]]:
    """Parameters by name: as stored, and the products' matrices, which the graph has transposed."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for name, tensor in stored.items():
        if name.startswith(ROOT):
            yield name.removeprefix(ROOT).removesuffix(".float"), _tensor(tensor)
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            path = node.output[0].removesuffix(PRODUCT).strip("/").replace("/", ".")
            yield f"{path}.weight", _tensor(stored[node.input[1]]).T.contiguous()


def _tensor(tensor: onnx.TensorProto) -> Tensor:
    return torch.from_numpy(np.array(numpy_helper.to_array(tensor), np.float32))
