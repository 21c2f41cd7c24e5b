"""What the frozen layers make of texts, computed once and taken in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from sentencepiece import SentencePieceProcessor
from torch import Tensor

from shelfguard.learn.train.network import Network
from shelfguard.learn.train.pretrained import HIDDEN
from shelfguard.models.embedding import token_ids

Integers = npt.NDArray[np.int64]

BATCH_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class States:
    """What the frozen layers make of each text, in half precision to save memory."""

    early: list[npt.NDArray[np.float16]]
    last: list[npt.NDArray[np.float16]]

    def lengths(self) -> Integers:
        return np.array([len(states) for states in self.last], np.int64)

    def batch(self, rows: Integers) -> tuple[Tensor, Tensor, Tensor]:
        """(early, states, mask) of some texts, padded to the longest."""
        width = max(len(self.last[row]) for row in rows)
        states = torch.zeros(len(rows), width, HIDDEN)
        mask = torch.zeros(len(rows), width)
        for i, row in enumerate(rows):
            length = len(self.last[row])
            states[i, :length] = torch.from_numpy(self.last[row].astype(np.float32))
            mask[i, :length] = 1
        early = torch.from_numpy(np.stack([self.early[row] for row in rows]).astype(np.float32))
        return early, states, mask


@torch.no_grad()
def frozen_states(
    network: Network, tokenizer: SentencePieceProcessor, texts: Sequence[str]
) -> States:
    """Run the frozen layers once over every text."""
    network.eval()
    ids = [token_ids(tokenizer, text) for text in texts]
    early: list[npt.NDArray[np.float16]] = [np.empty(0, np.float16)] * len(ids)
    last = list(early)
    order = np.argsort([len(row) for row in ids], kind="stable")
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        width = max(len(ids[row]) for row in rows)
        block = torch.ones(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width)
        for i, row in enumerate(rows):
            block[i, : len(ids[row])] = torch.tensor(ids[row])
            mask[i, : len(ids[row])] = 1
        mean, states = network.lower(block, mask)
        for i, row in enumerate(rows):
            early[row] = mean[i].numpy().astype(np.float16)
            last[row] = states[i, : len(ids[row])].numpy().astype(np.float16)
    return States(early, last)


def batches(
    lengths: Integers, rng: np.random.Generator, tokens: int = BATCH_TOKENS
) -> Iterator[Integers]:
    """Texts of like length together, about this many tokens a batch, in random order."""
    order = np.argsort(lengths + rng.uniform(-6, 6, len(lengths)))
    filled = np.cumsum(lengths[order]) // tokens
    batches = np.split(order, np.flatnonzero(np.diff(filled)) + 1)
    for i in rng.permutation(len(batches)):
        yield batches[i]
