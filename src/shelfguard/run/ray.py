"""A feed over Ray Data: files are read where there is room, and actors decide their chunks."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shelfguard.config import (
    has_ray_cluster,
    one_core_a_worker,
    quiet_engines,
    worker_environment,
)
from shelfguard.errors import RunError, ShelfguardError
from shelfguard.run.counts import Counts
from shelfguard.run.crew import IN_FLIGHT
from shelfguard.run.reading import Reading
from shelfguard.run.worker import Build, Profile, Sink, Worker

if TYPE_CHECKING:
    from ray.data import Dataset

AUTHENTICATION = (
    "A cluster that asks for a token gets it where RAY_AUTH_MODE=token is set: from"
    " RAY_AUTH_TOKEN, the file that RAY_AUTH_TOKEN_PATH names, or ~/.ray/auth_token."
)
"""Ray itself only says that it cannot connect where the token is wrong or is not sent."""

DECIDING, READING = 0.75, 0.25
"""Cores that an actor and a task that reads ask for: on each core one of either finds room."""


@contextmanager
def ray_crew(build: Build, sink: Sink, workers: int) -> Iterator[RayCrew]:
    """A crew of actors: on the cluster that is connected or that `RAY_ADDRESS` names, else here.

    Raises:
        RunError: Ray is not installed, or does not start.
    """
    quiet_engines()
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        fix = "Install it: pip install 'shelfguard[ray]'"
        raise RunError(f"the engine 'ray' needs {error.name}", fix=fix) from error
    _hush()
    connected = ray.is_initialized()
    if not connected:
        _start(workers)
    try:
        yield RayCrew(build, sink, workers)
    finally:
        if not connected:
            ray.shutdown()


def _start(workers: int) -> None:
    """Connect to the cluster of the environment, or start one of as many cores as workers."""
    import ray
    from ray.exceptions import AuthenticationError

    here = not has_ray_cluster()
    try:
        ray.init(
            address="local" if here else None,
            num_cpus=workers if here else None,
            include_dashboard=False if here else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": worker_environment()},
        )
    except AuthenticationError as error:
        raise RunError(f"Ray did not start: {error.message}", fix=AUTHENTICATION) from error
    except (OSError, RuntimeError, ValueError) as error:
        fix = f"Check RAY_ADDRESS, or unset it to work on this machine alone. {AUTHENTICATION}"
        raise RunError(f"Ray did not start: {error}", fix=None if here else fix) from error


def _hush() -> None:
    """Leave on the console of Ray Data what a person must act on; its log files have the rest."""
    logging.getLogger("ray.data._internal.progress").setLevel(logging.ERROR)
    logging.getLogger("ray.data._internal.execution").setLevel(logging.WARNING)


class RayCrew:
    """Chunks stream from tasks that read to actors that decide, no faster than these take them.

    Ray does again what a dead worker or machine had in hand. Reading gives the same chunks again,
    and of two results of one chunk the first is kept.
    """

    def __init__(self, build: Build, sink: Sink, workers: int) -> None:
        self._build, self._sink, self._workers = build, sink, workers

    def profile(self) -> Profile:
        return Worker(self._build, self._sink).profile()

    def decide(self, reading: Reading) -> Iterator[Counts]:
        from ray.exceptions import RayError

        try:
            for told in self._decided(reading):
                for text in told.column("counts").to_pylist():
                    yield Counts.from_json(json.loads(text))
        except RayError as error:
            raise _told(error) from error

    def _decided(self, reading: Reading) -> Iterator[pa.Table]:
        dataset = self._dataset(reading)
        yield from dataset.iter_batches(batch_format="pyarrow", batch_size=None)

    def _dataset(self, reading: Reading) -> Dataset:
        import ray.data

        files = [{"file": number} for number in range(len(reading.files))]
        with ray.data.DataContext.current(_context()):
            return (
                ray.data.from_items(files, override_num_blocks=len(files))
                .map_batches(
                    partial(_read, reading=reading.from_anywhere()),
                    batch_format="pyarrow",
                    num_cpus=READING,
                )
                .map_batches(
                    Decide,
                    fn_constructor_args=(self._build, self._sink),
                    batch_format="pyarrow",
                    batch_size=None,
                    num_cpus=DECIDING,
                    compute=ray.data.ActorPoolStrategy(
                        size=self._workers, max_tasks_in_flight_per_actor=IN_FLIGHT
                    ),
                )
            )


class Decide:
    """One actor's engine."""

    def __init__(self, build: Build, sink: Sink) -> None:
        one_core_a_worker()
        self._worker = Worker(build, sink)

    def __call__(self, tasks: pa.Table) -> pa.Table:
        """Decide and commit tasks; gives what each counted."""
        sent = (pickle.loads(task.as_buffer()) for task in tasks["task"])  # noqa: S301 (by _read)
        decided = map(self._worker.decide, sent)
        return pa.table({"counts": [json.dumps(counts.to_json()) for counts in decided]})


def _read(files: pa.Table, reading: Reading) -> Iterator[pa.Table]:
    for number in files["file"].to_pylist():
        for task in reading.tasks(number):
            yield pa.table({"task": pa.array([pickle.dumps(task)], pa.large_binary())})


def _context() -> Any:
    """Settings of Ray Data under which a chunk goes on as soon as it is read."""
    from ray.data import DataContext

    context = DataContext.get_current().copy()
    context.target_max_block_size = 1
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return context


def _told(error: BaseException) -> ShelfguardError:
    """What a person can act on in an error of Ray."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ShelfguardError):
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    fix = "What was decided is kept: run again with --resume."
    return RunError(f"Ray gave up: {str(error).strip().splitlines()[-1]}", fix=fix)
