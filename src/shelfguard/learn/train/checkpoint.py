"""Where an interrupted training goes on from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from shelfguard.errors import ModelError
from shelfguard.learn.train.trainer import Job


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file with the state of one run; `run` names what is trained, on what and how."""

    file: Path
    run: str

    @classmethod
    def of(cls, job: Job[Any], name: str) -> Self:
        """The checkpoint of a job: it must agree on settings, seed and dataset."""
        named = json.dumps([dict(job.settings), job.seed, job.dataset.id], sort_keys=True)
        return cls(job.checkpoints / name, hashlib.sha256(named.encode()).hexdigest())

    def save(self, state: dict[str, Any]) -> None:
        """Replace the state at once: an interrupted write leaves the old one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        torch.save({"run": self.run, "torch": torch.get_rng_state(), **state}, fresh)
        fresh.replace(self.file)

    def load(self) -> dict[str, Any] | None:
        """The last state, with torch's random numbers where they were; None at the start.

        Raises:
            ModelError: the file is no checkpoint, or one of another run.
        """
        if not self.file.is_file():
            return None
        fix = "Remove it to start again"
        try:
            state: dict[str, Any] = torch.load(self.file, weights_only=True)
        except Exception as error:  # of a torn file the library raises what it likes
            raise ModelError("no checkpoint", file=self.file, fix=fix) from error
        if state.get("run") != self.run:
            problem = "the checkpoint of another recipe or dataset"
            raise ModelError(problem, file=self.file, fix=fix)
        torch.set_rng_state(state["torch"])
        return state
