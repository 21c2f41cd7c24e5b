"""Rows of any format as columns, the common form that listings are built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shelfguard.feeds.chunk import Quarantined

Pair = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """(name, value) pairs of all rows end to end, `counts` of them a row."""

    counts: npt.NDArray[np.int64]
    names: list[str]
    values: list[Any]

    @classmethod
    def of_columns(cls, columns: Sequence[tuple[str, Sequence[Any]]]) -> Pairs:
        """Filled cells, row by row."""
        cells = np.array([values for _, values in columns], dtype=object).T
        filled = cells.astype(bool)
        names = np.array([name for name, _ in columns], dtype=object)
        return cls(
            filled.sum(axis=1),
            np.broadcast_to(names, cells.shape)[filled].tolist(),
            cells[filled].tolist(),
        )

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Pair] | None]) -> Pairs:
        pairs = list(chain.from_iterable(row or () for row in rows))
        counts = np.fromiter((len(row or ()) for row in rows), np.int64, len(rows))
        return cls(counts, [name for name, _ in pairs], [value for _, value in pairs])


@dataclass(slots=True)
class Columns:
    """One list a field, each as long as there are rows; None or "" is unknown.

    `texts` holds columns that name their language, such as `title_fr`; `lists` holds one
    list a row, such as its images.
    """

    size: int
    fields: dict[str, Sequence[Any]] = field(default_factory=dict)
    texts: dict[tuple[str, str], Sequence[Any]] = field(default_factory=dict)
    pairs: dict[str, Pairs] = field(default_factory=dict)
    lists: dict[str, Sequence[Any]] = field(default_factory=dict)


class Shape(Protocol):
    """How the rows of a format turn into columns."""

    def ids(self, rows: Sequence[Any]) -> Sequence[Any]: ...

    def titled(self, rows: Sequence[Any]) -> list[bool]:
        """Whether each row has a title."""
        ...

    def columns(self, rows: Sequence[Any]) -> Columns: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """A run of rows as a format reader hands them over, each with its number and line."""

    shape: Shape
    rows: list[Any]
    numbers: list[int]
    lines: list[int | None]
    bad: list[Quarantined]

    def __len__(self) -> int:
        return len(self.rows) + len(self.bad)
