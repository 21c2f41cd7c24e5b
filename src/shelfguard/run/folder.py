"""The output folder of a scan: what lies in it, and which state it is in."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shelfguard.durable import write_json
from shelfguard.errors import RunError, ShelfguardError
from shelfguard.run.identity import Identity, refuse_if_different
from shelfguard.run.local_parts import LocalParts
from shelfguard.run.output import Wanted
from shelfguard.run.outputs import DELTA, merge_parts
from shelfguard.run.pictures import PICTURES, forget_pictures

OUTPUTS = (
    "run.json",
    "decisions.parquet",
    "decisions.jsonl",
    "decisions.csv",
    "flagged.parquet",
    "quarantine.jsonl",
    "issues.jsonl",
    "report.html",
)
"""Everything that a finished scan may leave."""


class Folder:
    """An output folder, with its parts in it for as long as its run is unfinished."""

    def __init__(self, out: Path) -> None:
        self.out = out
        # Names that nobody else gives: what they hold is removed unasked.
        self.parts = out / ".shelfguard-parts"
        self.spent = out / ".shelfguard-parts-merged"
        self.state = self.parts / "state.json"
        self.chunks = LocalParts(self.parts.absolute())

    def __truediv__(self, name: str) -> Path:
        return self.out / name

    @property
    def unfinished(self) -> bool:
        return self.state.exists()

    def model_in_use(self, source: str) -> dict[str, Any] | None:
        if not self.unfinished:
            return None
        state: dict[str, Any] = json.loads(self.state.read_text("utf-8"))
        model: dict[str, Any] | None = state["identity"]["options"].get("model")
        return model if model and model["source"] == source else None

    @property
    def used(self) -> bool:
        return any((self.out / name).exists() for name in OUTPUTS)

    def open(self, identity: Identity, *, resume: bool, overwrite: bool) -> str:
        if overwrite:
            self.clear()
        if self.unfinished:
            return self._continue(identity, resume=resume)
        if self.used:
            raise RunError(
                "this folder holds a finished run",
                file=self.out,
                fix="Choose another --out, or replace it with --overwrite.",
            )
        self.clear()
        self.parts.mkdir(parents=True)
        started = datetime.now(UTC).isoformat()
        write_json(self.state, {"identity": identity, "started_at": started})
        return started

    def _continue(self, identity: Identity, *, resume: bool) -> str:
        if not resume:
            raise RunError(
                "this folder holds an unfinished run",
                file=self.out,
                fix="Continue it with --resume, or start again with --overwrite.",
            )
        state: dict[str, Any] = json.loads(self.state.read_text("utf-8"))
        refuse_if_different(self.out, state["identity"], identity)
        self.chunks.clear_leftovers()
        return str(state["started_at"])

    def clear(self) -> None:
        """Remove what an earlier scan left, and nothing else."""
        self.close()
        for name in OUTPUTS:
            (self.out / name).unlink(missing_ok=True)
        if (self.out / DELTA / "_delta_log").is_dir():
            shutil.rmtree(self.out / DELTA)
        forget_pictures(self.out / PICTURES)

    def merge(self, indexes: Sequence[int], wanted: Wanted) -> dict[str, Any]:
        """Join the parts into one file of each kind."""
        merge_parts([self.chunks.path(index) for index in indexes], self.out, wanted)
        return {}

    def write_record(self, record: dict[str, Any]) -> None:
        write_json(self.out / "run.json", record)

    def close(self) -> None:
        """Remove the parts; at no moment does half of them look like an unfinished run."""
        shutil.rmtree(self.spent, ignore_errors=True)
        if self.parts.exists():
            self.parts.rename(self.spent)
            shutil.rmtree(self.spent)

    @contextmanager
    def forgotten_if_nothing_is_done(self) -> Iterator[None]:
        """Let an error leave no unfinished run where there is nothing to continue."""
        try:
            yield
        except ShelfguardError:
            if not self.chunks.committed():
                self.close()
            raise

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other scans out; the lock goes with the process, however it ends.

        Raises:
            RunError: another scan is at work here, or the folder cannot be made.
        """
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.out, os.O_RDONLY)
        except OSError as error:
            raise RunError(
                f"cannot write here: {error.strerror}", file=self.out, fix="Choose another --out."
            ) from error
        try:
            _lock(descriptor, self.out)
            yield
        finally:
            os.close(descriptor)


def _lock(descriptor: int, out: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RunError("another scan is writing here", file=out, fix="Let it finish.") from error
