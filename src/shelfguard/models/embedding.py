"""Text as transformers first see it: word pieces, and a vector for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece

from shelfguard.errors import REBUILD, ModelError

Floats = npt.NDArray[np.float32]
Blocks = npt.NDArray[np.void]

MAX_TOKENS = 192
PREFIX = "query: "

OPENING, OVERLAP = 40, 24
"""Of a longer text, each later window begins with this many pieces of its first line, and repeats
this many pieces of the window before."""

BLOCK_VALUES = 32
BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", BLOCK_VALUES // 2)])
"""32 numbers of 4 bits with one scale, the low halves of the bytes first, as in GGML's Q4_0."""


class Embedding:
    """The word pieces of a model, and their vectors [pieces, width], kept in 4 bits.

    `digest` names both files, so that a transformer can tell those that it was trained with.

    Raises:
        ModelError: a file is not what it should be.
    """

    def __init__(self, pieces: Path, vectors: Path) -> None:
        try:
            self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
        except (OSError, RuntimeError) as error:
            raise ModelError(f"no word pieces ({error})", file=pieces, fix=REBUILD) from error
        try:
            self._blocks = np.load(vectors, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise ModelError(f"no vectors ({error})", file=vectors, fix=REBUILD) from error
        if self._blocks.dtype != BLOCK or len(self._blocks) != len(self._pieces):
            raise ModelError("does not fit the word pieces", file=vectors, fix=REBUILD)
        self.digest = hashlib.sha256(pieces.read_bytes() + vectors.read_bytes()).hexdigest()

    def read(self, text: str) -> Floats:
        """The vectors of a text's word pieces, [tokens, width]."""
        return restore(self._blocks[token_ids(self._pieces, text)])

    def windows(self, text: str) -> Iterator[Floats]:
        """The vectors of each window of a text, [tokens, width]; most texts have one."""
        for ids in window_ids(self._pieces, text):
            yield restore(self._blocks[ids])


def restore(blocks: Blocks) -> Floats:
    """Numbers [..., 32 x blocks] from blocks [..., blocks]."""
    halves = blocks["values"]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    numbers *= blocks["scale"].astype(np.float32)[..., None]
    return numbers.reshape(*blocks.shape[:-1], -1)


def window_ids(pieces: sentencepiece.SentencePieceProcessor, text: str) -> Iterator[list[int]]:
    """As `token_ids`, and then the rest of a longer text, each window after its first line."""
    ids, room = pieces.encode(f"{PREFIX}{text}"), MAX_TOKENS - 2
    yield _marked(pieces, ids[:room])
    if len(ids) <= room:
        return
    first = pieces.encode(f"{PREFIX}{text.splitlines()[0]}")[:OPENING]
    new = room - len(first) - OVERLAP
    for start in range(room, len(ids), new):
        yield _marked(pieces, [*first, *ids[start - OVERLAP : start + new]])


def token_ids(pieces: sentencepiece.SentencePieceProcessor, text: str) -> list[int]:
    """The pieces of a text, with the prefix that E5 was trained with, between its marks."""
    return next(window_ids(pieces, text))


def _marked(pieces: sentencepiece.SentencePieceProcessor, ids: list[int]) -> list[int]:
    return [pieces.bos_id(), *ids, pieces.eos_id()]
