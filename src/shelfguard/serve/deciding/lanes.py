"""Deciding jobs: a quick look at every listing, a thorough one at what that leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from shelfguard.decision import Decisions
from shelfguard.engine import Engine
from shelfguard.engine.judging import VISION
from shelfguard.feeds.chunk import UNFIT
from shelfguard.listing import Batch
from shelfguard.serve.deciding.apart import Failed, apart
from shelfguard.serve.deciding.batch import as_batch, unfit
from shelfguard.serve.deciding.cost_model import CostModel
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Job, OpenRows, TooLate, Unfit
from shelfguard.serve.deciding.lane import Lane
from shelfguard.serve.deciding.recorder import Recorder
from shelfguard.signals.text import TRANSFORMERS

LATE = frozenset({*TRANSFORMERS, VISION})
"""The stages that cost milliseconds a listing and more."""

THOROUGH_ROWS = 4
"""Listings of one request that are read closely in one go, before others have their turn."""

READING = 0.8
"""The share of a request's time after which it is answered without what is still open."""

Current = Callable[[], Generation]
Seen = Callable[[Decisions], None]
"""Told of every batch that an engine has decided."""


NOTHING = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Pace:
    """How many listings go together, how long they wait for company, what may be left out."""

    rows_at_once: int = 64
    window: float = 0.002
    may_leave_out: frozenset[str] = LATE
    """The late stages that an answer may go without when there is no time for them."""


class Lanes:
    """The three threads of a server: quick, thorough, and the one that records and answers."""

    def __init__(self, current: Current, recorder: Recorder, pace: Pace, seen: Seen) -> None:
        self._current, self._pace, self._seen = current, pace, seen
        at_once, window = pace.rows_at_once, pace.window
        self.quick = Lane[Job](
            "quick", self._look, CostModel(0.003, 0.0002), at_once=at_once, window=window
        )
        self.thorough = Lane[OpenRows](
            "thorough",
            self._read_closely,
            CostModel(0.004, 0.04),
            at_once=THOROUGH_ROWS,
            niceness=5,
        )
        self.recording = Lane[Job](
            "recording", recorder.record, CostModel(0.002, 0.0001), at_once=4 * at_once
        )

    @property
    def all(self) -> tuple[Lane[Any], ...]:
        """Each lane after those that feed it."""
        return self.quick, self.thorough, self.recording

    def start(self) -> None:
        for lane in self.all:
            lane.start()

    def stop(self) -> None:
        """Finish all that was put in."""
        for lane in self.all:
            lane.stop()

    def hurry(self, job: Job) -> None:
        """Let a job go on without what is still open, where it may."""
        if job.open_pieces and self._may_go_without(job.left_out):
            self._close([job])

    def _look(self, jobs: Sequence[Job]) -> None:
        generation, jobs = self._current(), _readable(_timely(jobs))
        if jobs:
            apart(jobs, partial(self._decide, generation))

    def _decide(self, generation: Generation, jobs: Sequence[Job]) -> None:
        decisions = self._run(generation.quick, [job.batch for job in jobs], LATE)
        start, settled = 0, list[Job]()
        for job in jobs:
            job.decided, job.decided_by = decisions.table.slice(start, job.rows), generation
            job.probabilities = decisions.probabilities[start : start + job.rows]
            if not self._passed_on(job, _left_out(decisions, start, job.rows)):
                settled.append(job)
            start += job.rows
        self._close(settled)

    def _passed_on(self, job: Job, left_out: Mapping[str, Sequence[int]]) -> bool:
        """Give to the thorough lane what is open, if there is time for it."""
        job.left_out = frozenset(left_out)
        places = sorted({row for rows in left_out.values() for row in rows})
        if not places:
            return False
        if self.thorough.wait_for(len(places), job.deadline) >= self._time_to_read(job):
            return False
        starts = range(0, len(places), THOROUGH_ROWS)
        pieces = [OpenRows(job, places[at : at + THOROUGH_ROWS]) for at in starts]
        job.open_pieces = len(pieces)
        self.thorough.put(*pieces)
        return True

    def _read_closely(self, pieces: Sequence[OpenRows]) -> None:
        """Decide open rows with all stages, and pass on each job whose last they were."""
        for generation, group in _by_generation(p for p in pieces if not p.job.closed):
            if timely := [piece for piece in group if self._in_time(piece)]:
                apart(timely, partial(self._decide_in_full, generation))

    def _decide_in_full(self, generation: Generation, pieces: Sequence[OpenRows]) -> None:
        batches = [Batch(piece.job.batch.table.take(piece.places)) for piece in pieces]
        decisions = self._run(generation.thorough, batches, NOTHING)
        start, settled = 0, list[Job]()
        for piece in pieces:
            end = start + piece.rows
            table = decisions.table.slice(start, piece.rows)
            piece.job.put_back(piece.places, table, decisions.probabilities[start:end])
            start = end
            if piece.job.open_pieces == 0:
                settled.append(piece.job)
        if settled := [job for job in settled if job.close()]:
            self.recording.put(*settled)

    def _run(self, engine: Engine, batches: Sequence[Batch], without: frozenset[str]) -> Decisions:
        try:
            decisions = engine.run(_together(batches), without=without)
        except Exception as error:
            raise Failed(error) from error
        self._seen(decisions)
        return decisions

    def _in_time(self, piece: OpenRows) -> bool:
        """Whether there is time to read rows closely; else their job goes on without."""
        cost = self.thorough.cost.seconds(piece.rows, THOROUGH_ROWS)
        if cost < self._time_to_read(piece.job):
            return True
        self._close([piece.job])
        return False

    def _time_to_read(self, job: Job) -> float:
        """Seconds until a job must go on, with or without what is open."""
        spared = 1 - READING if self._may_go_without(job.left_out) else 0
        return job.seconds_left - spared * job.seconds

    def _may_go_without(self, stages: frozenset[str]) -> bool:
        return self._pace.may_leave_out.issuperset(stages)

    def _close(self, jobs: Iterable[Job]) -> None:
        """Answer with what the quick look gave, where the operator allows that."""
        closed = [job for job in jobs if job.close()]
        allowed = [job for job in closed if self._may_go_without(job.left_out)]
        if allowed:
            self.recording.put(*allowed)
        for job in closed:
            if not self._may_go_without(job.left_out):
                job.fail(TooLate())


def _together(batches: Sequence[Batch]) -> Batch:
    """One batch of all; of a single one that itself, with what it knows of its columns."""
    if len(batches) == 1:
        return batches[0]
    return Batch(pa.concat_tables([batch.table for batch in batches]))


def _left_out(decisions: Decisions, start: int, rows: int) -> dict[str, list[int]]:
    """What some consecutive rows were left out of, by stage, numbered from the first of them."""
    found = {
        stage: [row - start for row in places if start <= row < start + rows]
        for stage, places in decisions.left_out.items()
    }
    return {stage: places for stage, places in found.items() if places}


def _timely(jobs: Sequence[Job]) -> list[Job]:
    """The jobs that can still be answered in time; the others are told."""
    late = [job for job in jobs if job.seconds_left <= 0]
    for job in late:
        job.fail(TooLate())
    return [job for job in jobs if job not in late]


def _readable(jobs: Sequence[Job]) -> list[Job]:
    """The jobs with their batches; those that hold what no batch can are told."""
    try:
        whole = as_batch([listing for job in jobs for listing in job.listings])
    except UNFIT:
        return _readable_alone(jobs)
    start = 0
    for job in jobs:
        job.batch = whole.slice(start, job.rows)
        start += job.rows
    return list(jobs)


def _readable_alone(jobs: Sequence[Job]) -> list[Job]:
    readable = []
    for job in jobs:
        try:
            job.batch = as_batch(job.listings)
        except UNFIT:
            job.fail(Unfit(unfit(job.listings)))
        else:
            readable.append(job)
    return readable


def _by_generation(pieces: Iterable[OpenRows]) -> Iterable[tuple[Generation, list[OpenRows]]]:
    found: dict[int, tuple[Generation, list[OpenRows]]] = {}
    for piece in pieces:
        generation = piece.job.decided_by
        found.setdefault(id(generation), (generation, []))[1].append(piece)
    return found.values()
