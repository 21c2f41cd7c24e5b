"""The output of a scan as an object store holds it, here in a local folder of the same layout."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.unit.policy.tinypack import TinyPack
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.engine.picture_source import PictureSource
from shelfguard.errors import RunError
from shelfguard.objects import Place
from shelfguard.policy.load import load_pack
from shelfguard.run.local import Options, scan
from shelfguard.run.output import Wanted
from shelfguard.run.parts import FeedFile
from shelfguard.run.stored import Stored
from shelfguard.run.worker import Sink, Task, Worker

SAME: dict[str, Any] = {"pack": "abc", "options": {"model": None}}
BAD_ROW = {"file": "f.csv", "line": 3, "row": 2, "field": "title", "reason": "no title"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def stored(out: Path) -> Stored:
    return Stored(str(out))


def begin(stored: Stored, *, resume: bool = False, overwrite: bool = False) -> str:
    return stored.open(SAME, resume=resume, overwrite=overwrite)


def decide(stored: Stored, *indexes: int) -> None:
    worker = Worker(FakeEngine, Sink(stored.chunks))
    for index in indexes:
        worker.decide(Task(index, 11, listings(10, start=10 * index), [BAD_ROW]))


def finish(stored: Stored, *indexes: int) -> dict[str, Any]:
    record = stored.merge(indexes, Wanted(("CA-WPN-003",)))
    stored.write_record(record)
    stored.close()
    return record


def names(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_the_record_names_exactly_the_files_of_the_result(stored: Stored, out: Path) -> None:
    begin(stored)
    decide(stored, 2, 0, 1)
    record = finish(stored, 0, 1, 2)
    assert json.loads((out / "run.json").read_text()) == record
    for file in record["files"]:
        data = (out / file["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
    decisions = [f["name"] for f in record["files"] if f["name"].startswith("decisions/")]
    table = pq.ParquetDataset([str(out / name) for name in decisions]).read()
    assert table.schema == DECISION_SCHEMA
    assert table["listing_id"].to_pylist() == [f"sku-{n}" for n in range(30)]


def test_flagged_listings_and_bad_rows_have_files_of_their_own(stored: Stored, out: Path) -> None:
    begin(stored)
    decide(stored, 0)
    files = {
        file["name"].partition("/")[0]: out / file["name"] for file in finish(stored, 0)["files"]
    }
    assert pq.read_table(files["flagged"])["id"].to_pylist() == ["sku-0", "sku-5"]
    assert json.loads(files["quarantine"].read_text()) == BAD_ROW


def test_files_of_a_dead_attempt_are_removed_at_the_end(stored: Stored, out: Path) -> None:
    begin(stored)
    decide(stored, 0)
    dead = stored.chunks.part(0)
    batch = listings(10)
    dead.write_decisions(FakeEngine().run(batch), batch, None)
    (out / "decisions" / "notes.txt").write_text("mine")
    record = finish(stored, 0)
    left = {name for name in names(out) if name.startswith(("decisions/", "flagged/"))}
    named = {f["name"] for f in record["files"] if not f["name"].startswith("quarantine/")}
    assert left == {*named, "decisions/notes.txt"}


def test_a_run_may_be_resumed_until_it_is_closed(stored: Stored) -> None:
    started = begin(stored)
    decide(stored, 0)
    assert begin(stored, resume=True) == started
    stored.write_record(stored.merge([0], Wanted(())))
    assert begin(stored, resume=True) == started
    finish(stored, 0)
    with pytest.raises(RunError, match=r"finished run.*--overwrite"):
        begin(stored, resume=True)


def test_an_unfinished_run_is_not_mixed_with_another(stored: Stored) -> None:
    begin(stored)
    with pytest.raises(RunError, match=r"unfinished run.*--resume"):
        begin(stored)
    with pytest.raises(RunError, match='pack was "abc" and is "xyz"'):
        stored.open({**SAME, "pack": "xyz"}, resume=True, overwrite=False)


def test_overwrite_removes_what_a_scan_left_and_nothing_else(stored: Stored, out: Path) -> None:
    begin(stored)
    decide(stored, 0, 1)
    finish(stored, 0, 1)
    (out / "notes.txt").write_text("mine")
    begin(stored, overwrite=True)
    assert names(out) == ["notes.txt", "state.json"]


class Killed(BaseException):
    """The process is gone before this removal."""


def overwrite_until_killed(stored: Stored, removals: int, patches: pytest.MonkeyPatch) -> None:
    left, place = iter(range(removals)), type(stored.out)
    remove = place.remove

    def doomed(at: Place) -> None:
        if next(left, None) is None:
            raise Killed
        remove(at)

    with patches.context() as patched:
        patched.setattr(place, "remove", doomed)
        with pytest.raises(Killed):
            begin(stored, overwrite=True)


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("removals", range(7))
def test_what_an_overwrite_that_was_killed_left_is_no_part_of_the_next_scan(
    stored: Stored, out: Path, monkeypatch: pytest.MonkeyPatch, removals: int, is_finished: bool
) -> None:
    begin(stored)
    decide(stored, 0, 1)
    stored.chunks.end_file(0, FeedFile("f.csv", "csv", 1, 2))
    if is_finished:
        finish(stored, 0, 1)
    overwrite_until_killed(stored, removals, monkeypatch)
    following = Stored(str(out))
    with suppress(RunError):
        begin(following)
        assert not following.chunks.committed()
        assert not following.chunks.ended_files()
    begin(following, overwrite=True)
    assert names(out) == ["state.json"]


def test_chunks_that_nothing_tells_of_are_refused(stored: Stored, out: Path) -> None:
    begin(stored)
    decide(stored, 0)
    (out / "state.json").unlink()
    with pytest.raises(RunError, match=r"chunks of a run that nothing tells of.*--overwrite"):
        begin(stored)


def test_a_manifest_that_an_overwrite_left_names_files_that_are_there(
    stored: Stored, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(stored)
    decide(stored, 0, 1)
    overwrite_until_killed(stored, 2, monkeypatch)
    begin(stored, resume=True)
    (index,) = stored.chunks.committed()
    (manifest,) = stored.chunks.manifests([index])
    assert all((out / file["name"]).is_file() for file in manifest["files"])


def test_a_model_is_remembered_for_a_run_that_goes_on(stored: Stored) -> None:
    model = {"source": "mlflow:models:/m@champion", "version": 3}
    assert stored.model_in_use(model["source"]) is None  # type: ignore[arg-type]
    stored.open({"options": {"model": model}}, resume=False, overwrite=False)
    assert stored.model_in_use("mlflow:models:/m@champion") == model
    assert stored.model_in_use("mlflow:models:/other@champion") is None


def test_a_scan_that_is_refused_leaves_the_one_that_is_at_work(stored: Stored, out: Path) -> None:
    begin(stored)
    other = Stored(str(out))
    with pytest.raises(RunError, match="unfinished run"), other.forgotten_if_nothing_is_done():
        begin(other)
    begin(stored, resume=True)
    with pytest.raises(RunError, match="unfinished run"):
        begin(other)


def test_an_error_before_the_first_chunk_leaves_no_unfinished_run(stored: Stored) -> None:
    begin(stored)
    stored.chunks.end_file(0, FeedFile("empty.csv", "csv", 1, 0))
    with pytest.raises(RunError), stored.forgotten_if_nothing_is_done():
        raise RunError("a worker died")
    begin(stored)
    assert not stored.chunks.ended_files()


@pytest.mark.parametrize(
    ("options", "fix"),
    [
        ({"images": PictureSource()}, "give a local --out"),
        ({"export": "jsonl"}, "leave out --scores and --format"),
        ({"scores": Path("scores.parquet")}, "leave out --scores and --format"),
    ],
)
def test_what_an_object_store_cannot_have_is_refused_at_once(
    tmp_path: Path, options: dict[str, Any], fix: str
) -> None:
    pack = load_pack(TinyPack(tmp_path / "tiny").root)
    asked = Options(tmp_path / "feed.csv", "s3://bucket/out", **options)
    with pytest.raises(RunError, match=fix):
        scan(asked, pack, FakeEngine, publish=lambda *_: None, watch=lambda _: None)
