"""What a worker and its supervisor tell each other over the pipe between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker answers requests from now on."""


@dataclass(frozen=True, slots=True)
class Unable:
    """A worker cannot start."""

    exit_code: int
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A worker decides by another pack or other models, and all others should."""

    pack: str
    model: str | None


@dataclass(frozen=True, slots=True)
class Followed:
    """To the worker that told of a change: how many processes decide by it.

    Where not all do yet, `problem` says why.
    """

    processes: int
    problem: str | None = None
