"""A feed over Spark: tasks that read files and decide their chunks, in Python beside the JVM."""

from __future__ import annotations

import pickle
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa

from shelfguard.config import spark_on_this_python, worker_environment
from shelfguard.errors import RunError, ShelfguardError
from shelfguard.run.counts import Counts
from shelfguard.run.reading import Reading
from shelfguard.run.worker import Build, Profile, Sink, Task, Worker

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FILES_A_WORKER = 2
"""From so many on, a file is decided where it is read; fewer are spread chunk by chunk."""

SPREAD = 8
"""Parts of a spread feed per worker, so that all end at about the same time."""

RETRIES = 4
"""Attempts at a task on this machine, as many as Spark makes on a cluster."""

POLL_S = 0.5
IDLE = 10
"""Between looks at what is committed, at least so many times as long as the last one took."""

Batches = Iterator[pa.RecordBatch]


@contextmanager
def spark_crew(build: Build, sink: Sink, workers: int) -> Iterator[SparkCrew]:
    """A crew in the Spark session that is active or that `spark-submit` set up, else here.

    Raises:
        RunError: Spark is not installed, or does not start.
    """
    with warnings.catch_warnings():
        # PySpark warns of pandas 3, of which nothing is used here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        with _session(workers) as session:
            # Of its own settings, so that those of the caller's session stay.
            yield SparkCrew(session.newSession(), build, sink, workers)


@contextmanager
def _session(workers: int) -> Iterator[SparkSession]:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        fix = "Install it: pip install 'shelfguard[spark]'"
        raise RunError(f"the engine 'spark' needs {error.name}", fix=fix) from error
    active = SparkSession.getActiveSession()
    session = active or _start(workers)
    try:
        yield session
    finally:
        if not active:
            session.stop()


def _start(workers: int) -> SparkSession:
    from pyspark import SparkConf
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    spark_on_this_python()
    try:
        conf = SparkConf().setIfMissing("spark.master", f"local[{workers},{RETRIES}]")
        conf.setIfMissing("spark.ui.enabled", "false")
        conf.setIfMissing("spark.ui.showConsoleProgress", "false")
        conf.setIfMissing("spark.log.level", "ERROR")
        conf.setExecutorEnv(pairs=list(worker_environment().items()))
        return SparkSession.builder.appName("shelfguard").config(conf=conf).getOrCreate()
    except (PySparkException, OSError) as error:
        fix = "Install Java 17 or newer, and check JAVA_HOME."
        raise RunError(f"Spark did not start: {error}", fix=fix) from error


class SparkCrew:
    """Spark does again what a dead worker or machine had in hand.

    Of two results of one chunk the first is kept.
    """

    def __init__(self, session: SparkSession, build: Build, sink: Sink, workers: int) -> None:
        self._session, self._build, self._sink, self._workers = session, build, sink, workers
        self._run = uuid4().hex

    def profile(self) -> Profile:
        return Worker(self._build, self._sink).profile()

    def decide(self, reading: Reading) -> Iterator[Counts]:
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(self._decide, reading.from_anywhere())
            try:
                yield from self._committed(job, set(reading.done))
            finally:
                self._session.sparkContext.cancelJobsWithTag(self._run)
            job.result()

    def _committed(self, job: Future[None], seen: set[int]) -> Iterator[Counts]:
        """What is committed until the job ends; Spark itself tells of whole tasks alone."""
        parts, pause, ended = self._sink.parts, POLL_S, False
        while not ended:
            ended = bool(wait([job], pause).done)
            start = time.perf_counter()
            new = parts.committed() - seen
            pause = max(POLL_S, IDLE * (time.perf_counter() - start))
            seen |= new
            yield from parts.counts(sorted(new))

    def _decide(self, reading: Reading) -> None:
        """Run the job to its end.

        Raises:
            ShelfguardError: what a task could not do.
        """
        from pyspark.errors import PySparkException

        self._session.sparkContext.addJobTag(self._run)
        try:
            failures = self._frame(reading).collect()
        except PySparkException as error:
            fix = "What was decided is kept: run again with --resume."
            problem = str(error).strip().splitlines()[0]
            raise RunError(f"Spark gave up: {problem}", fix=fix) from error
        for row in failures:
            failure: ShelfguardError = pickle.loads(row.failure)  # noqa: S301 (by _failures)
            raise failure

    def _frame(self, reading: Reading) -> DataFrame:
        files, worker = len(reading.files), partial(_worker, self._run, self._build, self._sink)
        numbers = self._session.range(0, files, numPartitions=files)
        if files >= FILES_A_WORKER * self._workers:
            return numbers.mapInArrow(partial(_decide_files, worker, reading), FAILURES)
        # One chunk a batch: thousands of them would fill the memory.
        self._session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 1)
        chunks = numbers.mapInArrow(partial(_read, reading), "index long, task binary")
        spread = chunks.repartition(SPREAD * self._workers, "index")
        return spread.mapInArrow(partial(_decide, worker), FAILURES)


FAILURES = "failure binary"
"""What comes back of a task: errors that a person can act on, for another attempt has them too."""

_workers: dict[str, Worker] = {}


def _worker(run: str, build: Build, sink: Sink) -> Worker:
    """This process's worker for a run; an idle process is kept for the next one."""
    if run not in _workers:
        _workers.clear()
        _workers[run] = Worker(build, sink)
    return _workers[run]


def _decide_files(worker: Callable[[], Worker], reading: Reading, files: Batches) -> Batches:
    def decide() -> None:
        for number in _numbers(files):
            for task in reading.tasks(number):
                worker().decide(task)

    yield from _failures(decide)


def _read(reading: Reading, files: Batches) -> Batches:
    for number in _numbers(files):
        try:
            for task in reading.tasks(number):
                yield _sent(task.index, task)
        except ShelfguardError as error:
            yield _sent(number, error)


def _decide(worker: Callable[[], Worker], tasks: Batches) -> Batches:
    def decide() -> None:
        for sent in (sent for batch in tasks for sent in batch.column("task")):
            task = pickle.loads(sent.as_buffer())  # noqa: S301 (by _sent)
            if isinstance(task, ShelfguardError):
                raise task
            worker().decide(task)

    yield from _failures(decide)


def _numbers(files: Batches) -> Iterator[int]:
    return (number for batch in files for number in batch.column(0).to_pylist())


def _sent(index: int, task: Task | ShelfguardError) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"index": [index], "task": [pickle.dumps(task)]})


def _failures(work: Callable[[], None]) -> Batches:
    try:
        work()
    except ShelfguardError as error:
        yield pa.RecordBatch.from_pydict({"failure": [pickle.dumps(error)]})
