"""Supervised fastText over clauses and `ok` (Joulin et al., 2017)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import fasttext
import numpy as np
import numpy.typing as npt

from shelfguard.errors import ModelError

Floats = npt.NDArray[np.float32]

LABEL = "__label__"
OK = "ok"
WORD = re.compile(r"\w+")

THREADS = 11
"""fastText initialises a tenth of its matrix a thread and leaves the rest as it finds it."""

SETTINGS: dict[str, Any] = {
    "loss": "softmax",
    "dim": 100,
    "minn": 3,
    "maxn": 5,
    "wordNgrams": 1,
    "bucket": 200_000,
    "epoch": 150,
    "lr": 1.0,
    "minCount": 1,
    "thread": THREADS,
    "seed": 7,
    "verbose": 0,
}
"""Chosen by three-fold average precision on the examples; benchmarks/README.md has the search."""


class FastText:
    """A model of clauses. Its threads race, so that no two trainings give the same weights."""

    def __init__(self, model: Any, clauses: Sequence[str]) -> None:
        self.model = model
        self._column = {f"{LABEL}{clause}": n for n, clause in enumerate(clauses)}

    @classmethod
    def fit(
        cls, texts: Sequence[str], targets: Floats, clauses: Sequence[str], **changed: Any
    ) -> Self:
        """Learn the clauses that each text violates, its target 0.5 or more; `ok` if none.

        fastText knows neither weights nor doubt: a target is rounded, and a text of which some
        targets are unknown (NaN) and none is violated teaches nothing.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            lines = map(_labelled, texts, targets, [clauses] * len(texts))
            file.write_text("".join(filter(None, lines)), encoding="utf-8")
            return cls(fasttext.train_supervised(str(file), **{**SETTINGS, **changed}), clauses)

    @staticmethod
    def line(text: str) -> str:
        """The lower-case words of a text, the form in which fastText reads it."""
        return " ".join(WORD.findall(text.lower()))

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """P(the clause is what the text is about and violates) [texts, clauses]."""
        out = np.zeros((len(texts), len(self._column)), np.float32)
        labels, values = self.model.predict([self.line(text) for text in texts], k=-1)
        for line, names, scored in zip(out, labels, values, strict=True):
            for name, value in zip(names, scored, strict=True):
                if name in self._column:
                    line[self._column[name]] = value
        return np.clip(out, 0, 1)

    def save(self, file: Path) -> None:
        self.model.save_model(str(file))

    @classmethod
    def load(cls, file: Path, clauses: Sequence[str]) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: it is no such file.
        """
        try:
            return cls(fasttext.load_model(str(file)), clauses)
        except ValueError as error:
            fix = "Train it again: shelfguard model train"
            raise ModelError(f"no fastText model ({error})", file=file, fix=fix) from error


def _labelled(text: str, targets: Floats, clauses: Sequence[str]) -> str | None:
    violated = [c for c, target in zip(clauses, targets, strict=True) if target >= 0.5]
    if not violated and np.isnan(targets).any():
        return None
    labels = " ".join(f"{LABEL}{name}" for name in violated or [OK])
    return f"{labels} {FastText.line(text)}\n"
