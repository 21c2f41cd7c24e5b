"""The one interface of all trainers, and what a trainer is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol

from typing_extensions import TypeVar

from shelfguard.learn.data.dataset import Dataset

Data = TypeVar("Data", default=Dataset)
"""What a trainer learns from: listings, unless its kind reads pictures."""


class Watch(Protocol):
    """How a trainer tells of its progress: to a person, and to MLflow."""

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """A point of each curve."""
        ...

    def say(self, message: str) -> None:
        """One line for a person."""
        ...

    def advance(self, done: int, total: int) -> None:
        """How far the work is."""
        ...


@dataclass(frozen=True, slots=True)
class Job(Generic[Data]):
    """What a trainer works with.

    `folder` takes the model's files; `checkpoints` survives an interrupted run, and a trainer
    that finds its own checkpoint there goes on from it.
    """

    settings: Mapping[str, Any]
    seed: int
    dataset: Data
    folder: Path
    checkpoints: Path
    watch: Watch


class Trainer(Protocol):
    """Writes a model's files into `job.folder`; the caller writes `model.json` beside them."""

    def __call__(self, job: Job[Any]) -> None: ...
