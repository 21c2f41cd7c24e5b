"""The one door to decisions: what is let in, is answered by its deadline."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence

from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer, Caller, Job, TooLate, settle
from shelfguard.serve.deciding.lanes import READING, Lanes, Pace, Seen
from shelfguard.serve.deciding.recorder import Ledger, Recorder, Told

MOST_WAITING = 10_000
"""Listings that may wait, however long their senders would."""


class Busy(Exception):  # noqa: N818 - it is an answer, no fault of the program
    """The queue is too long for a request to be answered in time."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"try again in {retry_after:.1f} s")
        self.retry_after = max(math.ceil(retry_after), 1)
        """Whole seconds, as the Retry-After header has them."""


class DecisionService:
    """Decides listings in micro-batches; one pack and its models at a time."""

    def __init__(
        self, generation: Generation, ledger: Ledger, pace: Pace, *, seen: Seen, told: Told
    ) -> None:
        self.generation = generation
        self.lanes = Lanes(lambda: self.generation, Recorder(ledger, told), pace, seen)

    def start(self) -> None:
        self.lanes.start()

    def stop(self) -> None:
        """Answer all that was let in; nothing may be asked after."""
        self.lanes.stop()

    def swap(self, generation: Generation) -> None:
        """Decide with another generation from the next micro-batch on."""
        self.generation = generation

    async def decide(self, listings: Sequence[Sent], seconds: float, caller: Caller) -> Answer:
        """The decisions on these listings, within `seconds`.

        Raises:
            Busy: the queue is too long for that.
            TooLate: they could not be made in time.
            Unfit: listings that cannot be read.
            StoreError: the decisions could not be kept, so they do not count.
        """
        self._admit(len(listings), seconds)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        job = Job(listings, seconds, caller, loop, future)
        timers = (
            loop.call_later(READING * seconds, self.lanes.hurry, job),
            loop.call_later(seconds, settle, [(job, TooLate())]),
        )
        self.lanes.quick.put(job)
        try:
            return await future
        finally:
            for timer in timers:
                timer.cancel()

    def _admit(self, rows: int, seconds: float) -> None:
        quick, recording = self.lanes.quick, self.lanes.recording
        deadline = time.monotonic() + seconds
        wait = quick.wait_for(rows, deadline) + recording.wait_for(rows, deadline)
        if seconds <= 0:
            raise TooLate
        if wait > seconds:
            raise Busy(wait - seconds)
        if quick.waiting and quick.waiting + rows > MOST_WAITING:
            raise Busy(wait)
