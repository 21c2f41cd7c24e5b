"""Write the trained network as an ONNX graph, in 32-bit floats or with 8-bit weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from warnings import catch_warnings, simplefilter

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from shelfguard.learn.compress.quantize import quantize
from shelfguard.learn.train.network import Network
from shelfguard.learn.train.pretrained import HIDDEN
from shelfguard.models.embedding import Embedding
from shelfguard.models.transformer import requirements


class _Deployed(nn.Module):
    """The network from embedded tokens on; the word embedding stands in a file of its own."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, embedded: Tensor, attention_mask: Tensor) -> Tensor:
        network, mask = self.network, attention_mask.float()
        states = network.norm(embedded + network.places.weight[: embedded.shape[1]])
        lower = network.lower_states(states, mask)
        score, _, _ = network.upper(*lower, mask)
        return score - torch.log1p(-score.exp())


def export(network: Network, clauses: Sequence[str], embedding: Embedding, path: Path) -> None:
    """Write `path` with 8-bit weights."""
    export_float32(network, clauses, embedding, path)
    model = onnx.load(str(path))
    quantize(model.graph)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def export_float32(
    network: Network, clauses: Sequence[str], embedding: Embedding, path: Path
) -> None:
    """Write `path`; its metadata names the clauses of the output and what the input must be."""
    network.products = torch.float32
    example = (torch.randn(2, 17, HIDDEN), torch.ones(2, 17, dtype=torch.long))
    sizes = {0: "texts", 1: "tokens"}
    with catch_warnings():
        # The graph is traced: what it warns of, the shape of the heads, never changes.
        simplefilter("ignore")
        torch.onnx.export(
            _Deployed(network.eval()).eval(),
            example,
            str(path),
            input_names=["embedded", "attention_mask"],
            output_names=["logits"],
            opset_version=17,
            dynamo=False,
            dynamic_axes={"embedded": sizes, "attention_mask": sizes, "logits": {0: "texts"}},
        )
    model = onnx.load(str(path))
    helper.set_model_props(model, {"clauses": ",".join(clauses), **requirements(embedding)})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
