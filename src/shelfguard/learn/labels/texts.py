"""Listings as one folded text each, and as vectors that tell how unlike they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.listing import Batch
from shelfguard.signals.base import Derived

Floats = npt.NDArray[np.float32]

DIMENSIONS = 256


def folded_texts(batch: Batch) -> list[str]:
    """All words of each listing, folded as signals read them."""
    derived = Derived(batch)
    lines: list[list[str]] = [[] for _ in range(len(batch))]
    for row, text in zip(derived.segments.rows.tolist(), derived.folded, strict=True):
        lines[row].append(text)
    return ["\n".join(found) for found in lines]


def text_vectors(batch: Batch) -> Floats:
    """Hashed bags of words of unit length [listings, 256]: no model, and alike on every run.

    Signed hashing keeps distances in expectation (Weinberger et al., Feature Hashing for Large
    Scale Multitask Learning, 2009).
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    if not len(batch):
        return np.zeros((0, DIMENSIONS), np.float32)
    hashing = HashingVectorizer(n_features=DIMENSIONS, dtype=np.float32)
    return np.asarray(hashing.transform(folded_texts(batch)).toarray(), np.float32)


def titles(batch: Batch) -> list[str]:
    """The title of each listing in its first language."""
    return [title[0][1] if title else "" for title in batch.table.column("title").to_pylist()]
