"""A thread that does what waits for it, as much at once as is worth it."""

from __future__ import annotations

import heapq
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Generic, Protocol, TypeVar

from shelfguard.serve.deciding.cost_model import CostModel


class Work(Protocol):
    """Something that takes time by rows, and should be done by a moment of `time.monotonic`."""

    @property
    def rows(self) -> int: ...

    @property
    def deadline(self) -> float: ...

    def fail(self, error: Exception) -> None:
        """Tell whoever waits that this was not done."""
        ...


W = TypeVar("W", bound=Work)

GRAIN = 0.25
"""Seconds to which deadlines are told apart when the wait for one is estimated."""


class Lane(Generic[W]):
    """Runs `work` on what was put in, most urgent first, up to `at_once` rows together.

    The first to come waits `window` seconds for company, of which it may have spent some while
    others ran. A piece larger than `at_once` runs alone.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[W]], None],
        cost: CostModel,
        *,
        at_once: int,
        window: float = 0.0,
        niceness: int = 0,
    ) -> None:
        self.name, self.cost, self.at_once = name, cost, at_once
        self._work, self._window, self._niceness = work, window, niceness
        self._heap: list[tuple[float, int, W]] = []
        self._order = count()
        self._rows_due: dict[int, int] = defaultdict(int)
        self._waiting = self._running = 0
        self._since = self._first_put = 0.0
        self._stopping = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what waits, then end; returns when all is done."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def put(self, *pieces: W) -> None:
        """Have pieces done; what is put in together can run together."""
        with self._changed:
            if pieces and not self._heap:
                self._first_put = time.monotonic()
            for piece in pieces:
                heapq.heappush(self._heap, (piece.deadline, next(self._order), piece))
                self._count(piece, piece.rows)
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """Rows that wait."""
        return self._waiting

    def wait_for(self, rows: int, deadline: float) -> float:
        """Seconds until this many rows more would be done, after all that is as urgent."""
        left = 0.0
        if running := self._running:
            spent = time.monotonic() - self._since
            left = max(self.cost.seconds(running, self.at_once) - spent, 0.0)
        with self._changed:
            due = _grain(deadline)
            before = sum(waiting for moment, waiting in self._rows_due.items() if moment <= due)
        return left + self._window + self.cost.seconds(before + rows, self.at_once)

    def _run(self) -> None:
        if self._niceness:  # of this thread alone, as Linux has it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        while pieces := self._take():
            started = time.monotonic()
            try:
                self._work(pieces)
            except Exception as error:  # the lane outlives what it could not do
                for piece in pieces:
                    piece.fail(error)
            self.cost.observe(sum(piece.rows for piece in pieces), time.monotonic() - started)
            self._running = 0

    def _take(self) -> list[W]:
        """The next pieces to run together; none when the lane ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._heap or self._stopping)
            if (left := self._first_put + self._window - time.monotonic()) > 0:
                self._changed.wait_for(self._full_or_stopping, timeout=left)
            pieces: list[W] = []
            rows = 0
            while self._heap and (not pieces or rows + self._heap[0][2].rows <= self.at_once):
                piece = heapq.heappop(self._heap)[2]
                self._count(piece, -piece.rows)
                pieces.append(piece)
                rows += piece.rows
            self._running, self._since = rows, time.monotonic()
            return pieces

    def _count(self, piece: W, rows: int) -> None:
        """Note that so many rows more wait, or fewer."""
        self._waiting += rows
        due = _grain(piece.deadline)
        self._rows_due[due] += rows
        if not self._rows_due[due]:
            del self._rows_due[due]

    def _full_or_stopping(self) -> bool:
        return self._waiting >= self.at_once or self._stopping


def _grain(deadline: float) -> int:
    return int(deadline / GRAIN)
