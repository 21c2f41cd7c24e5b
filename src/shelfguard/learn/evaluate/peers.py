"""The peers: fastText, and TF-IDF with logistic regression, trained on a pack's examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.corpus import to_batch
from shelfguard.learn.train.fast_text import FastText as FastTextModel
from shelfguard.learn.train.texts import plain_texts
from shelfguard.learn.train.tfidf import STRENGTH, Tfidf
from shelfguard.policy.rows import Row

Floats = npt.NDArray[np.float32]


class Baseline(Protocol):
    """A trained peer."""

    name: str

    def scores(self, rows: Sequence[Row]) -> Floats:
        """A probability for each row and clause, [rows, clauses]."""
        ...


def texts_of(rows: Sequence[Row]) -> list[str]:
    """Title, description, brand, category and attributes with their names, one a line."""
    return plain_texts(to_batch(rows))


def targets(rows: Sequence[Row], clauses: Sequence[str]) -> npt.NDArray[np.int8]:
    """1 where the row violates the clause, [rows, clauses]."""
    return np.array([[clause in row.violates for clause in clauses] for row in rows], np.int8)


class FastText:
    """Supervised fastText over clauses and `ok`."""

    name = "fastText"
    line = staticmethod(FastTextModel.line)

    def __init__(self, model: FastTextModel) -> None:
        self.model = model

    @classmethod
    def train(cls, rows: Sequence[Row], clauses: Sequence[str], **changed: Any) -> Self:
        truth = targets(rows, clauses).astype(np.float32)
        return cls(FastTextModel.fit(texts_of(rows), truth, clauses, **changed))

    def scores(self, rows: Sequence[Row]) -> Floats:
        return self.model.probabilities(texts_of(rows))


class TfidfRegression:
    """Word and character TF-IDF with one logistic regression a clause."""

    name = "TF-IDF + logistic regression"

    def __init__(self, model: Tfidf) -> None:
        self.model = model

    @classmethod
    def train(cls, rows: Sequence[Row], clauses: Sequence[str], strength: float = STRENGTH) -> Self:
        truth = targets(rows, clauses).astype(np.float32)
        return cls(Tfidf.fit(texts_of(rows), truth, strength=strength))

    def scores(self, rows: Sequence[Row]) -> Floats:
        return self.model.probabilities(texts_of(rows))
