"""Word and character TF-IDF with one logistic regression a clause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from shelfguard.errors import ModelError
from shelfguard.learn.train.heads import fit_heads

Floats = npt.NDArray[np.float32]

STRENGTH = 100.0
TERMS, WEIGHTS = "terms.json", "weights.npz"
VIEWS: dict[str, dict[str, Any]] = {
    "words": {"ngram_range": (1, 2)},
    "characters": {"analyzer": "char_wb", "ngram_range": (3, 5), "min_df": 2},
}
"""Words and word pairs, and character 3- to 5-grams inside words."""

COMMON: dict[str, Any] = {"sublinear_tf": True, "strip_accents": "unicode", "dtype": np.float32}


class Tfidf:
    """TF-IDF vectors of two views of a text, under linear heads [terms, clauses]."""

    def __init__(self, views: Sequence[TfidfVectorizer], weights: Floats, bias: Floats) -> None:
        self._views, self._weights, self._bias = views, weights, bias

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        targets: Floats,
        weights: Floats | None = None,
        strength: float = STRENGTH,
    ) -> Self:
        """Learn `targets` [texts, clauses], from 0 to 1, NaN where unknown.

        `strength` is the inverse of the L2 penalty. Both classes of a clause weigh the same.
        """
        views = [TfidfVectorizer(**view, **COMMON) for view in VIEWS.values()]
        matrix = sparse.hstack([view.fit_transform(texts) for view in views], format="csr")
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=0.01, random_state=7
        )
        return cls(views, *fit_heads(matrix, targets, weights, model))

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """P(violates) [texts, clauses]."""
        matrix = sparse.hstack([view.transform(texts) for view in self._views], format="csr")
        return np.asarray(expit(matrix @ self._weights + self._bias), np.float32)

    def save(self, folder: Path) -> None:
        """Write terms as JSON and weights in 16 bits; the same model gives the same bytes."""
        terms = {
            name: view.get_feature_names_out().tolist()
            for name, view in zip(VIEWS, self._views, strict=True)
        }
        (folder / TERMS).write_text(json.dumps(terms, ensure_ascii=False), "utf-8")
        idf = {name: view.idf_ for name, view in zip(VIEWS, self._views, strict=True)}
        half = self._weights.astype(np.float16)
        np.savez_compressed(folder / WEIGHTS, weights=half, bias=self._bias, **idf)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: a file is missing or is not what it should be.
        """
        try:
            terms = json.loads((folder / TERMS).read_bytes())
            with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
                views = [_view(name, terms[name], arrays[name]) for name in VIEWS]
                return cls(views, arrays["weights"].astype(np.float32), arrays["bias"])
        except (OSError, ValueError, KeyError) as error:
            fix = "Train it again: shelfguard model train"
            raise ModelError(f"no TF-IDF model ({error})", file=folder, fix=fix) from error


def _view(name: str, terms: list[str], idf: Floats) -> TfidfVectorizer:
    view = TfidfVectorizer(vocabulary=terms, **VIEWS[name], **COMMON)
    view.idf_ = idf
    return view
