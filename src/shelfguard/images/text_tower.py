"""Vectors of texts, by the text network of a CLIP-like pair: made once, not while scanning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tokenizers

from shelfguard.errors import ModelError
from shelfguard.images.backbone import unit_length
from shelfguard.images.network import open_session
from shelfguard.images.zero_shot import TextVectors

Floats = npt.NDArray[np.float32]


class TextTower:
    """A graph that takes `input_ids` [1, tokens], and `attention_mask` if it wants one, and gives a
    vector [1, width] first or as `output`; and its `tokenizer.json`, which also says how to pad.

    Raises:
        ModelError: a file is not what it should be.
    """

    def __init__(self, graph: Path, tokenizer: Path, output: str | None = None) -> None:
        self._graph, self._session = graph, open_session(graph)
        self._inputs = [each.name for each in self._session.get_inputs()]
        self._output = output or self._session.get_outputs()[0].name
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # the library raises nothing more precise
            fix = "Name the tokenizer.json of the text network"
            raise ModelError(f"no tokenizer ({error})", file=tokenizer, fix=fix) from error

    def embed(self, texts: Sequence[str]) -> TextVectors:
        """Vectors of texts, each read alone.

        Raises:
            ModelError: the graph wants other inputs than a tokenizer gives.
        """
        vectors = np.concatenate([self._embed(text) for text in texts])
        return TextVectors(tuple(texts), unit_length(vectors.astype(np.float32)))

    def _embed(self, text: str) -> Floats:
        encoded = self._tokenizer.encode(text)
        known = {"input_ids": encoded.ids, "attention_mask": encoded.attention_mask}
        feed = {name: np.array([ids], np.int64) for name, ids in known.items()}
        try:
            wanted = {name: feed[name] for name in self._inputs}
            vector: Floats = self._session.run([self._output], wanted)[0].reshape(1, -1)
        except Exception as error:  # the library raises classes of its own
            fix = "Name the text network and its own tokenizer"
            raise ModelError(f"cannot read texts ({error})", file=self._graph, fix=fix) from error
        return vector
