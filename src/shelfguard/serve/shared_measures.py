"""What the processes of one server count, in files of one folder, so that any of them shows it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from shelfguard.config import keep_measures_in

MEMORY = Path("/dev/shm")  # noqa: S108 (what is made in it has a name of its own)
"""Files that no disk holds: one that is behind with its writes would hold up who counts."""


@dataclass(frozen=True, slots=True)
class Share:
    """The files of one process: those of its number, which no other has while it runs.

    The next process of that number counts on from what it finds. So no count ever falls, which
    Prometheus would take for a new beginning, and count all of it again.
    """

    folder: Path
    number: int

    @classmethod
    def beside(cls, others: Iterable[Share], folder: Path) -> Share:
        """One that none of the others is."""
        taken = {other.number for other in others}
        return cls(folder, next(number for number in count() if number not in taken))

    def begin(self) -> None:
        """Have all that this process counts from now on kept here."""
        keep_measures_in(self.folder)
        value = values.MultiProcessValue(lambda: self.number)  # type: ignore[no-untyped-call]
        values.ValueClass = value

    def end(self) -> None:
        """Forget what was true only while the process ran."""
        mark_process_dead(self.number, str(self.folder))  # type: ignore[no-untyped-call]

    def all(self) -> CollectorRegistry:
        """What all processes have counted, those too that have ended."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.folder))  # type: ignore[no-untyped-call]
        return registry


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder for the shares of one server, removed in the end."""
    memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="shelfguard-", dir=memory) as folder:
        yield Path(folder)
