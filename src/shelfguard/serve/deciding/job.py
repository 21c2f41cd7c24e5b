"""One request's listings on their way to their decisions."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.store.idempotency import Request

Floats = npt.NDArray[np.float32]


class TooLate(Exception):  # noqa: N818 - it is an answer, no fault of the program
    """The deadline of a request passed before its listings were decided."""


class Unfit(Exception):  # noqa: N818
    """Listings, by their place in the request, that cannot be read, and why."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__("some listings cannot be read")
        self.reasons = reasons


class Made(NamedTuple):
    """A decision as JSON, the pack that made it, and whether it is new or was remembered."""

    decision: bytes
    pack: Pack
    new: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """Decisions, each as one JSON object and as a row of `table` (DECISION_SCHEMA).

    `probabilities` is float32 [listings, clauses of the generation's pack], NaN where unknown.
    """

    decisions: Sequence[bytes]
    table: pa.Table
    probabilities: Floats
    generation: Generation

    def made(self) -> list[Made]:
        """Each decision with its pack."""
        return [Made(decision, self.generation.pack) for decision in self.decisions]


@dataclass(frozen=True, slots=True)
class Once:
    """A request under an idempotency key, and the response that its answer becomes."""

    request: Request
    response: Callable[[Answer], str]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of the API key, and the request."""

    client: str | None
    request_id: str
    keeps: bool = True
    """Whether the decisions go into the store."""
    once: Once | None = None
    """What is kept with them, so that the same request is answered alike."""


@dataclass(eq=False, slots=True)
class Job:
    """Listings to decide together within `seconds`, by a `deadline` of `time.monotonic`."""

    listings: Sequence[Sent]
    seconds: float
    caller: Caller
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Answer]
    deadline: float = field(init=False)
    batch: Batch = field(init=False)
    decided: pa.Table = field(init=False)
    probabilities: Floats = field(init=False)
    decided_by: Generation = field(init=False)
    left_out: frozenset[str] = frozenset()
    """The stages that would have read some of it, had the quick look not gone without them."""
    open_pieces: int = 0
    closed: bool = False
    """Whether it is on its way to its answer, and nothing more can change."""
    _closing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    @property
    def rows(self) -> int:
        return len(self.listings)

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def close(self) -> bool:
        """Let nothing more change; true for the first that asks, who sends the job on."""
        with self._closing:
            first, self.closed = not self.closed, True
        return first

    def put_back(self, places: Sequence[int], decided: pa.Table, probabilities: Floats) -> None:
        """Have these decisions stand in the places of open rows, unless the job is closed."""
        order = list(range(self.rows))
        for number, place in enumerate(places):
            order[place] = self.rows + number
        with self._closing:
            if not self.closed:
                self.decided = pa.concat_tables([self.decided, decided]).take(order)
                self.probabilities[places] = probabilities
                self.open_pieces -= 1

    def fail(self, error: Exception) -> None:
        self.loop.call_soon_threadsafe(settle, [(self, error)])


@dataclass(eq=False, slots=True)
class OpenRows:
    """Some rows of a job that the quick lane left open."""

    job: Job
    places: list[int]

    @property
    def rows(self) -> int:
        return len(self.places)

    @property
    def deadline(self) -> float:
        return self.job.deadline

    def fail(self, error: Exception) -> None:
        if self.job.close():
            self.job.fail(error)


def settle(done: Sequence[tuple[Job, Answer | Exception]]) -> None:
    """Give jobs their answers; runs on the event loop, where a client may have gone meanwhile."""
    for job, answer in done:
        if job.future.done():
            continue
        if isinstance(answer, Exception):
            job.future.set_exception(answer)
        else:
            job.future.set_result(answer)
