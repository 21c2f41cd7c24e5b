"""A transformer as a PyTorch module: E5's layers under heads for topic and violation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfguard.learn.train.pretrained import HIDDEN, Pretrained
from shelfguard.models.embedding import MAX_TOKENS, Floats, restore

HEADS, INNER, POSITIONS = 12, 1536, MAX_TOKENS + 2
FEATURES = 3 * HIDDEN

FRESH = ("topic", "violation", "shared")
"""The heads, which no pretrained weights fill."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How many of E5's layers a network has, lowest first, and how many of them are not trained.

    The output of the frozen layers is computed once a text. Its mean also feeds the heads: it
    keeps more of the wording. With no frozen layer that is the mean of the embedded tokens.
    """

    layers: int
    frozen: int


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(HIDDEN, 3 * HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.inner, self.outer = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.norm1, self.norm2 = nn.LayerNorm(HIDDEN, 1e-12), nn.LayerNorm(HIDDEN, 1e-12)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """States [texts, tokens, hidden]; `bias` is added to the attention logits."""
        texts, tokens, _ = states.shape
        parts = self.qkv(states).view(texts, tokens, 3, HEADS, HIDDEN // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        # PyTorch's fused attention is several times slower backwards on processors.
        logits = query @ key.transpose(-2, -1) * (HIDDEN // HEADS) ** -0.5 + bias.to(query.dtype)
        mixed = functional.softmax(logits, -1).to(value.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(texts, tokens, HIDDEN)
        states = self.norm1(states + self.out(mixed))
        hidden: Tensor = self.norm2(states + self.outer(functional.gelu(self.inner(states))))
        return hidden


class Network(nn.Module):
    """Log-odds of each clause: log P(topic is the clause) + log P(it is violated | topic).

    Splitting the two lets all clauses share what violating and legal twins have in common. Layers
    multiply in `products`: 16 bits train several times faster where the processor has AMX.
    """

    products: torch.dtype = torch.float32

    def __init__(self, vocabulary: int, clauses: int, depth: Depth) -> None:
        super().__init__()
        self.depth = depth
        self.words, self.places = (
            nn.Embedding(vocabulary, HIDDEN),
            nn.Embedding(POSITIONS, HIDDEN),
        )
        self.norm = nn.LayerNorm(HIDDEN, 1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(depth.layers))
        self.dropout = nn.Dropout(0.2)
        self.topic = nn.Linear(FEATURES, clauses + 1)
        self.violation = nn.Linear(FEATURES, clauses)
        self.shared = nn.Sequential(
            nn.Linear(FEATURES, 192), nn.GELU(), nn.Dropout(0.2), nn.Linear(192, 1)
        )

    def lower(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(mean of the frozen part's output [texts, hidden], that output)."""
        states = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]])
        return self.lower_states(states, mask)

    def lower_states(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """As `lower`, from embedded tokens."""
        states = self._through(self.layers[: self.depth.frozen], states, mask)
        return _mean(states, mask), states

    def upper(self, early: Tensor, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Trained part: (clause score, violation logit, topic logit) from `lower`'s output."""
        states = self._through(self.layers[self.depth.frozen :], states, mask)
        highest = (states - (1 - mask[:, :, None]) * 1e4).amax(1)
        features = self.dropout(torch.cat([_mean(states, mask), highest, early], -1))
        violation = self.violation(features) + self.shared(features)
        topic = self.topic(features)
        score = functional.log_softmax(topic, -1)[:, :-1] + functional.logsigmoid(violation)
        return score.clamp(max=-1e-5), violation, topic

    def _through(self, layers: Iterable[nn.Module], states: Tensor, mask: Tensor) -> Tensor:
        reduced = self.products is not torch.float32
        with torch.autocast("cpu", self.products, enabled=reduced):
            for layer in layers:
                states = layer(states, _bias(mask))
        return states.float()

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Log-odds [texts, clauses]; `mask` is 1.0 on tokens and 0.0 on padding."""
        score, _, _ = self.upper(*self.lower(ids, mask), mask)
        return score - torch.log1p(-score.exp())


def _bias(mask: Tensor) -> Tensor:
    return (1.0 - mask)[:, None, None, :] * -1e4


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weights = mask[:, :, None]
    return (states * weights).sum(1) / weights.sum(1)


def from_pretrained(pretrained: Pretrained, clauses: int, depth: Depth) -> Network:
    """A network with E5's weights and fresh heads."""
    tensors, words = pretrained.tensors, restore(pretrained.vectors)
    network = Network(len(words), clauses, depth)
    places = tensors["emb.pos"].reshape(-1, HIDDEN)[:POSITIONS] + tensors["emb.type"][:HIDDEN]
    loaded = {
        "words.weight": words,
        "places.weight": places,
        "norm.weight": tensors["emb.ln.w"],
        "norm.bias": tensors["emb.ln.b"],
    }
    for i in range(depth.layers):
        loaded |= {f"layers.{i}.{name}": value for name, value in _layer(tensors, i).items()}
    state = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in loaded.items()}
    missing = network.load_state_dict(state, strict=False)
    if missing.unexpected_keys or not all(k.startswith(FRESH) for k in missing.missing_keys):
        raise ValueError(f"the pretrained weights do not fit: {missing}")
    return network


def _layer(tensors: dict[str, Floats], number: int) -> dict[str, Floats]:
    def get(name: str) -> Floats:
        return tensors[f"l{number}.{name}"]

    def weight(name: str, rows: int) -> Floats:
        return get(f"{name}.w").reshape(rows, -1)

    return {
        "qkv.weight": np.concatenate([weight(name, HIDDEN) for name in "qkv"]),
        "qkv.bias": np.concatenate([get(f"{name}.b") for name in "qkv"]),
        "out.weight": weight("ao", HIDDEN),
        "out.bias": get("ao.b"),
        "inner.weight": weight("fi", INNER),
        "inner.bias": get("fi.b"),
        "outer.weight": weight("fo", HIDDEN),
        "outer.bias": get("fo.b"),
        "norm1.weight": get("aln.w"),
        "norm1.bias": get("aln.b"),
        "norm2.weight": get("oln.w"),
        "norm2.bias": get("oln.b"),
    }
