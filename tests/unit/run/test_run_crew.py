import os
import pickle
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.decision import Decisions
from shelfguard.errors import ModelError, RunError
from shelfguard.listing import Batch
from shelfguard.run.crew import IN_FLIGHT, local_crew
from shelfguard.run.local_parts import LocalParts, read_table
from shelfguard.run.worker import Sink, Task


class DyingEngine(FakeEngine):
    def run(self, batch: Batch) -> Decisions:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().run(batch)


def broken_engine() -> FakeEngine:
    raise ModelError("digest differs", file="student.npz", fix="Fetch it again.")


@pytest.fixture
def parts(tmp_path: Path) -> LocalParts:
    return _parts(tmp_path / "parts")


def _parts(folder: Path) -> LocalParts:
    folder.mkdir()
    return LocalParts(folder)


def tasks(count: int) -> list[Task]:
    return [Task(index, 30, listings(30, start=30 * index)) for index in range(count)]


def test_a_task_crosses_processes_without_the_rest_of_its_table() -> None:
    whole = listings(5000)
    task = Task(3, 3, whole.slice(100, 2), [{"row": 1}], {"missing seller": 2})
    sent = pickle.dumps(task)
    received = pickle.loads(sent)
    assert received.batch.table.equals(task.batch.table)
    assert (received.index, received.rows, received.quarantined, received.warnings) == (
        3,
        3,
        [{"row": 1}],
        {"missing seller": 2},
    )
    assert len(sent) < 20_000


def test_two_workers_write_what_one_writes(parts: LocalParts, tmp_path: Path) -> None:
    others = _parts(tmp_path / "others")
    with (
        local_crew(FakeEngine, Sink(parts), 1) as alone,
        local_crew(FakeEngine, Sink(others), 2) as pool,
    ):
        assert alone.profile() == pool.profile()
        first = [counts.outcomes for counts in alone.decide(tasks(8))]
        second = [counts.outcomes for counts in pool.decide(tasks(8))]
    assert first == second
    assert parts.committed() == others.committed() == set(range(8))
    for index in parts.committed():
        one, two = (read_table(p.path(index) / "decisions.arrow") for p in (parts, others))
        assert one.drop_columns(["decided_at"]) == two.drop_columns(["decided_at"])


def test_a_pool_takes_no_more_tasks_than_it_can_hold(parts: LocalParts) -> None:
    taken = 0

    def counted() -> Iterator[Task]:
        nonlocal taken
        for task in tasks(20):
            taken += 1
            yield task

    with local_crew(FakeEngine, Sink(parts), 2) as pool:
        for done, _ in enumerate(pool.decide(counted()), start=1):
            assert taken - done <= 2 * IN_FLIGHT


@pytest.mark.parametrize("workers", [1, 2])
def test_an_engine_that_cannot_be_built_says_why(parts: LocalParts, workers: int) -> None:
    with (
        local_crew(broken_engine, Sink(parts), workers) as crew,
        pytest.raises(ModelError) as error,
    ):
        crew.profile()
    assert str(error.value) == "student.npz: digest differs. Fetch it again."


def test_a_killed_worker_is_told_and_finished_parts_stay(parts: LocalParts) -> None:
    with local_crew(FakeEngine, Sink(parts), 2) as pool:
        list(pool.decide(tasks(2)))
    with local_crew(DyingEngine, Sink(parts), 2) as pool, pytest.raises(RunError, match="--resume"):
        list(pool.decide(tasks(4)))
    assert parts.committed() == {0, 1}
