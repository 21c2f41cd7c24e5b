"""A small transformer on ONNX Runtime, with one logit a clause."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import sentencepiece

from shelfguard.errors import REBUILD, ModelError

Floats = npt.NDArray[np.float32]

MAX_TOKENS = 192
PREFIX = "query: "


class Transformer:
    """Texts in, log-odds [texts, clauses] out. Long texts are cut at `MAX_TOKENS`.

    The graph takes `input_ids` and `attention_mask` (int64 [texts, tokens]) and gives
    `logits`; its metadata names the `clauses`, how many `tokens` it can read, and the digest
    of the word `pieces` that it was trained with.

    Raises:
        ModelError: a file is no model, or the two were not made for each other and this version.
    """

    def __init__(self, graph: Path, pieces: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
            self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
        except Exception as error:  # the libraries raise classes of their own
            raise ModelError(f"no model ({error})", file=graph, fix=REBUILD) from error
        metadata = self._session.get_modelmeta().custom_metadata_map
        for name, wanted in requirements(pieces).items():
            if metadata.get(name) != wanted:
                raise ModelError(
                    f"was made for {name} {metadata.get(name, 'unknown')}, not {wanted}",
                    file=graph,
                    fix=REBUILD,
                )
        self.clauses = tuple(metadata["clauses"].split(","))

    def score(self, texts: Sequence[str]) -> Floats:
        """Log-odds [texts, clauses].

        One text at a time, so that a score never depends on the texts beside it: padding
        changes the last bits, and a replayed decision must match its record exactly.
        """
        scores = np.empty((len(texts), len(self.clauses)), np.float32)
        for row, text in enumerate(texts):
            ids = np.array([token_ids(self._pieces, text)], np.int64)
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            scores[row] = self._session.run(["logits"], feed)[0][0]
        return scores


def requirements(pieces: Path) -> dict[str, str]:
    """What a graph's metadata must say for this version of the code and these word pieces."""
    digest = hashlib.sha256(pieces.read_bytes()).hexdigest()
    return {"tokens": str(MAX_TOKENS), "pieces": digest}


def token_ids(pieces: sentencepiece.SentencePieceProcessor, text: str) -> list[int]:
    """The model's input for a text, with the prefix that E5 was trained with."""
    ids: list[int] = pieces.encode(f"{PREFIX}{text}")[: MAX_TOKENS - 2]
    return [pieces.bos_id(), *ids, pieces.eos_id()]
