"""A small transformer on ONNX Runtime, with one logit a clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime

from shelfguard.errors import REBUILD, ModelError
from shelfguard.models.embedding import MAX_TOKENS, Embedding, Floats


class Transformer:
    """Texts in, log-odds [texts, clauses] out, the highest of the windows of a long text.

    The graph takes `embedded` (float [texts, tokens, width]) and `attention_mask` (int64
    [texts, tokens]) and gives `logits`; its metadata names the `clauses`, how many `tokens` it
    can read, and the digest of the `embedding` that it was trained with.

    Raises:
        ModelError: the file is no model, or was made for another embedding or version.
    """

    def __init__(self, graph: Path, embedding: Embedding, threads: int = 1) -> None:
        self.embedding = embedding
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library raises classes of its own
            raise ModelError(f"no model ({error})", file=graph, fix=REBUILD) from error
        metadata = self._session.get_modelmeta().custom_metadata_map
        for name, wanted in requirements(embedding).items():
            if metadata.get(name) != wanted:
                problem = f"was made for {name} {metadata.get(name, 'unknown')}, not {wanted}"
                raise ModelError(problem, file=graph, fix=REBUILD)
        self.clauses = tuple(metadata["clauses"].split(","))

    def score(self, texts: Sequence[str]) -> Floats:
        """Log-odds [texts, clauses].

        One window at a time, so that a score never depends on the texts beside it: padding
        changes the last bits, and a replayed decision must match its record exactly.
        """
        scores = np.full((len(texts), len(self.clauses)), -np.inf, np.float32)
        windows = (
            (row, embedded)
            for row, text in enumerate(texts)
            for embedded in self.embedding.windows(text)
        )
        for row, judged in self._judge_all(windows):
            scores[row] = np.maximum(scores[row], judged)
        return scores

    def _judge_all(self, windows: Iterable[tuple[int, Floats]]) -> Iterator[tuple[int, Floats]]:
        """The row and log-odds [clauses] of each row and window, in order."""
        return ((row, self._judge(embedded)) for row, embedded in windows)

    def _judge(self, embedded: Floats) -> Floats:
        """Log-odds [clauses] of embedded tokens [tokens, width]."""
        mask = np.ones((1, len(embedded)), np.int64)
        feed = {"embedded": embedded[None], "attention_mask": mask}
        judged: Floats = self._session.run(["logits"], feed)[0][0]
        return judged


class Backend(Protocol):
    """Where the windows of transformers are judged, if not in this process alone."""

    def transformer(self, stage: str, graph: Path, embedding: Embedding) -> Transformer:
        """What judges for a stage, in place of a transformer of this graph."""
        ...


def requirements(embedding: Embedding) -> dict[str, str]:
    """What a graph's metadata must say for this version of the code and this embedding."""
    return {"tokens": str(MAX_TOKENS), "embedding": embedding.digest}
