"""Deciding one chunk and committing what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from shelfguard.decision import Decider, Decisions
from shelfguard.listing import Batch, table_from_bytes, table_to_bytes
from shelfguard.run.counts import Counts, count_decisions
from shelfguard.run.export import Format
from shelfguard.run.part import Part
from shelfguard.run.parts import Parts
from shelfguard.run.pictures import keep_pictures

if TYPE_CHECKING:
    from shelfguard.images.reader import Fetches


class Engine(Decider, Protocol):
    """A decider that can name its model files."""

    @property
    def models(self) -> dict[str, str]:
        """Digest of each model file by name."""
        ...

    fetches: Fetches | None
    """What gets the bytes of pictures, where the engine looks at any."""


Build = Callable[[], Engine]
"""Builds the engine; pickled into each worker, so a module-level callable or a partial."""


class Profile(NamedTuple):
    """What an engine is made of."""

    clauses: tuple[str, ...]
    models: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sink:
    """Where every chunk writes, and what besides decisions."""

    parts: Parts
    export: Format | None = None
    scores: bool = False
    pictures: Path | None = None
    """Where to keep those of flagged listings."""


@dataclass(frozen=True, slots=True)
class Task:
    """One chunk to decide: its rows as read, its listings, and what was left out or remarked.

    `bytes` of its file, as stored, and `seconds` went into reading it.
    """

    index: int
    rows: int
    batch: Batch
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    seconds: float = 0.0

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross processes as Arrow IPC bytes; plain pickling would drag parent buffers along."""
        told = (self.quarantined, self.warnings, self.bytes, self.seconds)
        return _receive, (table_to_bytes(self.batch.table), self.index, self.rows, *told)


class Worker:
    """One process's engine, built on first use so that its errors reach whoever asked."""

    def __init__(self, build: Build, sink: Sink) -> None:
        self._build, self._sink = build, sink
        self._built: Engine | None = None

    @property
    def engine(self) -> Engine:
        self._built = self._built or self._build()
        return self._built

    def profile(self) -> Profile:
        return Profile(self.engine.clauses, self.engine.models)

    def decide(self, task: Task) -> Counts:
        """Decide one chunk, commit its part and return what it counted."""
        decisions = self.engine.run(task.batch)
        counts = count_decisions(decisions)
        if counts.decided != len(task.batch):
            raise AssertionError(f"{counts.decided} decisions on {len(task.batch)} listings")
        counts.read, counts.bytes = task.rows, task.bytes
        counts.quarantined = len(task.quarantined)
        counts.warnings.update(task.warnings)
        start = time.perf_counter()
        part = self._write(task, decisions)
        counts.spend("commit", len(task.batch), time.perf_counter() - start)
        counts.spend("read", task.rows, task.seconds)
        part.commit(counts)
        return counts

    def _write(self, task: Task, decisions: Decisions) -> Part:
        part = self._sink.parts.part(task.index)
        part.write_decisions(decisions, task.batch, self._sink.export)
        part.write_quarantine(task.quarantined)
        if self._sink.scores:
            part.write_scores(decisions)
        if self._sink.pictures and self.engine.fetches:
            keep_pictures(decisions.table, self.engine.fetches, self._sink.pictures)
        part.flush()
        return part


def _receive(ipc: bytes, index: int, rows: int, *told: Any) -> Task:
    return Task(index, rows, Batch(table_from_bytes(ipc)), *told)
