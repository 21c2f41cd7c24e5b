"""Write the trained network as an ONNX graph with 8-bit weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from shelfguard.learn.network import Network
from shelfguard.learn.quantize import quantize
from shelfguard.models.transformer import requirements


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


def export(network: Network, clauses: Sequence[str], pieces: Path, path: Path) -> None:
    """Write `path`; its metadata names the clauses of the output and what the input must be."""
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
    quantize(model.graph)
    helper.set_model_props(model, {"clauses": ",".join(clauses), **requirements(pieces)})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
