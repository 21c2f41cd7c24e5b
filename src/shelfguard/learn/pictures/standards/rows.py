"""Drawn pictures as rows of numbers, clause by clause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfguard.images.standards import features
from shelfguard.learn.pictures.standards.kinds import Kind
from shelfguard.learn.pictures.standards.reading import Drawn

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

WITHOUT_TEXT = 3
"""Every so many-th picture is learned from a second time as if no text had been looked for."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Pictures with a known label of one clause: their numbers by name, 0 or 1, and their kinds."""

    numbers: Sequence[dict[str, float]]
    labels: Floats
    kinds: Sequence[Kind]

    def columns(self, names: Sequence[str]) -> Floats:
        """[rows, names], NaN where unknown."""
        return np.array([[row[name] for name in names] for row in self.numbers], np.float32)

    def hard(self, clause: str) -> Flags:
        """Which are hard negatives."""
        return np.array([clause in kind.hard_for for kind in self.kinds], bool)


def rows_of(clause: str, pictures: Iterable[Drawn]) -> Rows:
    """The pictures whose label is known and that can be judged."""
    found = [
        (numbers, label, drawn.kind)
        for drawn in pictures
        if (label := drawn.kind.label(clause)) is not None
        and (numbers := features(drawn.readings, is_main=drawn.kind.is_main).get(clause))
    ]
    labels = np.array([label for _, label, _ in found], np.float32)
    return Rows([numbers for numbers, _, _ in found], labels, [kind for *_, kind in found])


def with_textless(pictures: Sequence[Drawn]) -> list[Drawn]:
    """The pictures, some of them again without what was read in them."""
    again = pictures[::WITHOUT_TEXT]
    return [*pictures, *(Drawn(d.kind, replace(d.readings, text=None)) for d in again)]
