"""The encoder: a small transformer on ONNX Runtime, with one logit a clause."""

from __future__ import annotations

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


class Encoder:
    """Texts in, log-odds [texts, clauses] out. Long texts are cut at `MAX_TOKENS`.

    The graph takes `input_ids` and `attention_mask` (int64 [texts, tokens]) and gives
    `logits`; its metadata names the `clauses` and how many `tokens` it can read.

    Raises:
        ModelError: the graph was made for texts of another length.
    """

    def __init__(self, graph: Path, pieces: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(graph), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
        metadata = self._session.get_modelmeta().custom_metadata_map
        if metadata.get("tokens") != str(MAX_TOKENS):
            raise ModelError(
                f"reads {metadata.get('tokens', 'unknown')} tokens, not {MAX_TOKENS}",
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


def token_ids(pieces: sentencepiece.SentencePieceProcessor, text: str) -> list[int]:
    """The encoder's input for a text, with the prefix that E5 was trained with."""
    ids: list[int] = pieces.encode(f"{PREFIX}{text}")[: MAX_TOKENS - 2]
    return [pieces.bos_id(), *ids, pieces.eos_id()]
