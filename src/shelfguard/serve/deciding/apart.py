"""A batch that fails is tried again piece by piece, so that only what is at fault fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar


class Failed(Exception):  # noqa: N818 - what failed is its `error`
    """A batch could not be decided, and nothing was done with it yet."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Piece(Protocol):
    """A part of a batch, for which somebody waits."""

    def fail(self, error: Exception) -> None: ...


P = TypeVar("P", bound=Piece)


def apart(together: Sequence[P], decide: Callable[[Sequence[P]], None]) -> None:
    """Decide pieces together, or one by one where that fails.

    `decide` raises Failed only before it has told anyone anything.
    """
    try:
        decide(together)
    except Failed as failed:
        if len(together) == 1:
            together[0].fail(failed.error)
            return
        for piece in together:
            apart([piece], decide)
