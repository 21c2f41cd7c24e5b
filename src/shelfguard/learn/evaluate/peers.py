"""The peers: fastText, and TF-IDF with logistic regression, trained on a pack's examples."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import fasttext
import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union

from shelfguard.policy.rows import Row

Floats = npt.NDArray[np.float32]

LABEL = "__label__"
WORD = re.compile(r"\w+")


class Baseline(Protocol):
    """A trained peer."""

    name: str

    def scores(self, rows: Sequence[Row]) -> Floats:
        """A probability for each row and clause, [rows, clauses]."""
        ...


def text_of(row: Row) -> str:
    """Title, description, brand, category and attributes with their names, one a line."""
    attributes = [f"{name.replace('_', ' ')}: {value}" for name, value in row.attributes.items()]
    parts = (row.title, row.description, row.brand, row.category, *attributes)
    return "\n".join(part for part in parts if part)


def targets(rows: Sequence[Row], clauses: Sequence[str]) -> npt.NDArray[np.int8]:
    """1 where the row violates the clause, [rows, clauses]."""
    return np.array([[clause in row.violates for clause in clauses] for row in rows], np.int8)


class FastText:
    """Supervised fastText over clauses and `ok` (Joulin et al., 2017)."""

    name = "fastText"

    def __init__(self, model: Any, clauses: Sequence[str]) -> None:
        self.model = model
        self._column = {f"{LABEL}{clause}": n for n, clause in enumerate(clauses)}

    @classmethod
    def train(cls, rows: Sequence[Row], clauses: Sequence[str], **changed: Any) -> Self:
        settings = {**FASTTEXT_SETTINGS, **changed}
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            file.write_text("".join(_labelled(row) for row in rows), encoding="utf-8")
            return cls(fasttext.train_supervised(str(file), **settings), clauses)

    @staticmethod
    def line(text: str) -> str:
        """The lower-case words of a text, the form in which fastText reads it."""
        return " ".join(WORD.findall(text.lower()))

    def scores(self, rows: Sequence[Row]) -> Floats:
        out = np.zeros((len(rows), len(self._column)), np.float32)
        labels, values = self.model.predict([self.line(text_of(row)) for row in rows], k=-1)
        for line, names, scored in zip(out, labels, values, strict=True):
            for name, value in zip(names, scored, strict=True):
                if name in self._column:
                    line[self._column[name]] = value
        return out


FASTTEXT_THREADS = 11
"""fastText initialises a tenth of its matrix a thread and leaves the rest as it finds it."""

FASTTEXT_SETTINGS: dict[str, Any] = {
    "loss": "softmax",
    "dim": 100,
    "minn": 3,
    "maxn": 5,
    "wordNgrams": 1,
    "bucket": 200_000,
    "epoch": 150,
    "lr": 1.0,
    "minCount": 1,
    "thread": FASTTEXT_THREADS,
    "seed": 7,
    "verbose": 0,
}
"""Chosen by three-fold average precision on the examples; benchmarks/README.md has the search."""


class TfidfRegression:
    """Word and character TF-IDF with one logistic regression a clause."""

    name = "TF-IDF + logistic regression"

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    @classmethod
    def train(cls, rows: Sequence[Row], clauses: Sequence[str], strength: float = 100.0) -> Self:
        model = LogisticRegression(
            C=strength,
            class_weight="balanced",
            solver="liblinear",
            dual=True,
            tol=0.01,
            random_state=7,
        )
        pipeline = make_pipeline(tfidf_features(), OneVsRestClassifier(model))
        return cls(pipeline.fit([text_of(row) for row in rows], targets(rows, clauses)))

    def scores(self, rows: Sequence[Row]) -> Floats:
        found = self.pipeline.predict_proba([text_of(row) for row in rows])
        return np.asarray(found, np.float32)


def tfidf_features() -> FeatureUnion:
    """Words and word pairs, and character 3- to 5-grams inside words."""
    common = {"sublinear_tf": True, "strip_accents": "unicode", "dtype": np.float32}
    words = TfidfVectorizer(ngram_range=(1, 2), **common)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, **common)
    return make_union(words, characters)


def _labelled(row: Row) -> str:
    labels = [f"{LABEL}{clause}" for clause in row.violates] or [f"{LABEL}ok"]
    return f"{' '.join(labels)} {FastText.line(text_of(row))}\n"
