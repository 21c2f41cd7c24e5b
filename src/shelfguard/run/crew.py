"""Who decides the chunks: this process alone, or several that build an engine each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import wait
from typing import Literal, Protocol, TypeVar

from shelfguard.config import one_core_a_worker
from shelfguard.errors import RunError
from shelfguard.run.counts import Counts
from shelfguard.run.reading import Reading
from shelfguard.run.worker import Build, Profile, Sink, Task, Worker

T = TypeVar("T")

EngineName = Literal["local", "ray", "spark"]
"""What spreads the work: processes of this machine, Ray Data or Spark."""

IN_FLIGHT = 2
"""Chunks handed out per worker: one being decided, one waiting so that it never idles."""


class Crew(Protocol):
    """Reads and decides a feed; all that engines do not share."""

    def profile(self) -> Profile:
        """What the engine of every worker is made of."""
        ...

    def decide(self, reading: Reading) -> Iterator[Counts]:
        """Decide and commit every chunk, reading no more of them ahead than it can work on."""
        ...


def hire(
    build: Build, sink: Sink, workers: int, engine: EngineName = "local"
) -> AbstractContextManager[Crew]:
    """A crew of this size.

    Raises:
        RunError: the engine is not installed, or does not start.
    """
    if engine == "ray":
        from shelfguard.run.ray import ray_crew

        return ray_crew(build, sink, workers)
    if engine == "spark":
        from shelfguard.run.spark import spark_crew

        return spark_crew(build, sink, workers)
    return local_crew(build, sink, workers)


def local_crew(build: Build, sink: Sink, workers: int) -> AbstractContextManager[LocalCrew]:
    """A crew on this machine; one worker needs no other process at all."""
    return _alone(build, sink) if workers == 1 else _pool(build, sink, workers)


class LocalCrew(Protocol):
    """This process reads, and counts come back in the order of the tasks."""

    def profile(self) -> Profile: ...

    def decide(self, reading: Iterable[Task]) -> Iterator[Counts]: ...


class Alone:
    """This process decides."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def profile(self) -> Profile:
        return self._worker.profile()

    def decide(self, reading: Iterable[Task]) -> Iterator[Counts]:
        return map(self._worker.decide, reading)


class Pool:
    """Worker processes decide."""

    def __init__(self, executor: ProcessPoolExecutor, workers: int) -> None:
        self._executor, self._workers = executor, workers

    def profile(self) -> Profile:
        with _worker_death_told():
            # One for each, so that all build their engines at once and not one after another.
            profiles = [self._submit(_profile) for _ in range(self._workers)]
            return profiles[0].result()

    def decide(self, reading: Iterable[Task]) -> Iterator[Counts]:
        waiting: deque[Future[Counts]] = deque()
        with _worker_death_told():
            for task in reading:
                waiting.append(self._submit(_decide, task))
                if len(waiting) == self._workers * IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _submit(self, work: Callable[..., T], *arguments: Task) -> Future[T]:
        # Workers start here and inherit the mask: ^C reaches the whole process group, and
        # the parent alone decides how to stop.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._executor.submit(work, *arguments)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _alone(build: Build, sink: Sink) -> Iterator[LocalCrew]:
    yield Alone(Worker(build, sink))


@contextmanager
def _pool(build: Build, sink: Sink, workers: int) -> Iterator[LocalCrew]:
    one_core_a_worker()
    # Spawned, not forked: a fork would copy the locks of whatever threads run here.
    executor = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _start, (build, sink)
    )
    try:
        yield Pool(executor, workers)
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _worker_death_told() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise RunError(
            "A worker process was killed, perhaps for want of memory",
            fix="What was decided is kept: run again with --resume, or with fewer --workers.",
        ) from error


_worker: Worker | None = None
"""The worker that this process is, where it is one."""


def _start(build: Build, sink: Sink) -> None:
    global _worker
    _worker = Worker(build, sink)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    """A parent killed outright cannot tell its workers, and they would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _profile() -> Profile:
    assert _worker
    return _worker.profile()


def _decide(task: Task) -> Counts:
    assert _worker
    return _worker.decide(task)
