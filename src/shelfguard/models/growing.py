"""Arrays that grow a few rows at a time."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.generic)

FIRST_ROOM = 1024
"""Rows that there is room for at the start."""


class Growing(Generic[Number]):
    """Rows of one array; room for more is made by doubling, so that adding copies little."""

    def __init__(self, first: npt.NDArray[Number]) -> None:
        room = max(FIRST_ROOM, 2 * len(first))
        self._room: npt.NDArray[Number] = np.empty((room, *first.shape[1:]), first.dtype)
        self._count = 0
        self.add(first)

    @property
    def rows(self) -> npt.NDArray[Number]:
        """All rows so far, without a copy; later ones are not in it."""
        return self._room[: self._count]

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Add rows at the end."""
        count = self._count + len(rows)
        if count > len(self._room):
            larger = np.empty((2 * count, *self._room.shape[1:]), self._room.dtype)
            larger[: self._count] = self.rows
            self._room = larger
        self._room[self._count : count] = rows
        self._count = count
