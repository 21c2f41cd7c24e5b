"""Several attempts at one chunk, as engines make them where workers die: one of them counts."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.run.local_parts import LocalParts
from shelfguard.run.part import Part
from shelfguard.run.parts import FeedFile, Parts
from shelfguard.run.stored_parts import StoredParts
from shelfguard.run.worker import Sink, Task, Worker

AT_ONCE = 8


@pytest.fixture(params=["folder", "store"])
def parts(request: pytest.FixtureRequest, tmp_path: Path) -> Parts:
    """Parts on disk, and as in an object store; what stores promise a local folder keeps too."""
    return LocalParts(tmp_path) if request.param == "folder" else StoredParts(str(tmp_path))


def written(parts: Parts, index: int = 7, rows: int = 20) -> Part:
    batch = listings(rows)
    part = parts.part(index)
    part.write_decisions(FakeEngine().run(batch), batch, None)
    part.flush()
    return part


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_first_attempt_to_commit_is_kept(parts: Parts, tmp_path: Path) -> None:
    sink = Sink(parts)
    Worker(FakeEngine, sink).decide(Task(7, 20, listings(20)))
    kept = files(tmp_path)
    late = Worker(FakeEngine, sink).decide(Task(7, 20, listings(20), seconds=9.0))
    assert files(tmp_path) == kept
    assert parts.committed() == {7}
    (counts,) = parts.counts([7])
    assert counts.decided == late.decided == 20
    assert counts.seconds["read"] == 0.0


def test_an_attempt_that_is_being_written_does_not_count(parts: Parts) -> None:
    slow = written(parts)
    assert parts.committed() == set()
    Worker(FakeEngine, Sink(parts)).decide(Task(7, 20, listings(20)))
    slow.flush()
    assert parts.committed() == {7}


def test_of_attempts_that_commit_together_one_is_kept(parts: Parts, tmp_path: Path) -> None:
    worker = Worker(FakeEngine, Sink(parts))
    tasks = [Task(7, 20 + n, listings(20 + n)) for n in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(worker.decide, tasks))
    (counts,) = parts.counts([7])
    assert parts.committed() == {7}
    assert counts.read == counts.decided
    assert len([name for name in files(tmp_path) if "decisions" in name]) == 1


def test_parts_know_what_was_read_to_its_end(parts: Parts) -> None:
    file = FeedFile("feed.csv", "csv", 100, chunks=3)
    for _ in range(2):
        parts.end_file(12, file)
    assert parts.ended_files() == {12: file}
    assert list(file.indexes(12)) == [12_000_000, 12_000_001, 12_000_002]
    assert parts.committed() == set()


def test_a_commit_whose_answer_got_lost_keeps_its_files(tmp_path: Path) -> None:
    parts = StoredParts(str(tmp_path))
    part = written(parts)
    counts = Worker(FakeEngine, Sink(parts)).decide(Task(8, 20, listings(20)))
    part.commit(counts)
    before = files(tmp_path)
    part.commit(counts)
    assert files(tmp_path) == before
    (manifest,) = parts.manifests([7])
    assert all((tmp_path / file["name"]).is_file() for file in manifest["files"])
