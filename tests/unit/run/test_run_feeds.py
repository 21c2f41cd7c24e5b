"""A feed of several files: one result, in the order of the files."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.unit.policy.tinypack import TinyPack
from tests.unit.run.fake_engine import FakeEngine

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.errors import FeedError, RunError
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.folder import Folder
from shelfguard.run.local import Options, Progress, scan
from shelfguard.run.local_parts import LocalParts
from shelfguard.run.reading import Reading
from shelfguard.run.records import find_decisions, read_run
from shelfguard.run.replay import replay
from shelfguard.run.source import row_reader
from shelfguard.run.worker import Build

ROWS, CHUNK = 25, 10


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(TinyPack(tmp_path / "tiny").root)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files of three chunks; every fifth listing is flagged, and `b.csv` has a bad row."""
    folder = tmp_path / "feed"
    folder.mkdir()
    words = {0: "knife", 5: "maybe"}
    for name in "abc":
        rows = [f"{name}-{n},{words.get(n % 10, 'chair')} {n}" for n in range(ROWS)]
        rows[3] = f"{name}-3," if name == "b" else rows[3]
        (folder / f"{name}.csv").write_text("\n".join(["id,title", *rows]) + "\n")
    return sorted(folder.iterdir())


def run(options: Options, pack: Pack, build: Build = FakeEngine) -> dict[str, Any]:
    return scan(options, pack, build, publish=lambda *_: None, watch=lambda _: None)


def decided(out: Path) -> list[dict[str, Any]]:
    table = pq.read_table(out / "decisions.parquet").drop_columns(list(VOLATILE_COLUMNS))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def ids(names: Sequence[str]) -> list[str]:
    return [f"{name}-{n}" for name in names for n in range(ROWS) if f"{name}-{n}" != "b-3"]


def test_files_are_decided_in_the_order_given(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    record = run(Options([files[2], files[0]], tmp_path / "out"), pack)
    assert [row["listing_id"] for row in decided(tmp_path / "out")] == ids("ca")
    assert record["counts"]["read"] == 2 * ROWS


@pytest.mark.parametrize("pattern", ["feed", "feed/*.csv"])
def test_a_folder_or_a_glob_names_its_files_in_order(
    files: list[Path], tmp_path: Path, pack: Pack, pattern: str
) -> None:
    run(Options(str(tmp_path / pattern), tmp_path / "out"), pack)
    assert [row["listing_id"] for row in decided(tmp_path / "out")] == ids("abc")


def test_a_file_that_two_patterns_name_is_read_once(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    run(Options([files[1], tmp_path / "feed"], tmp_path / "out"), pack)
    assert [row["listing_id"] for row in decided(tmp_path / "out")] == ids("bac")


def test_a_glob_that_names_nothing_is_a_feed_error(tmp_path: Path, pack: Pack) -> None:
    with pytest.raises(FeedError, match="no file is there"):
        run(Options(str(tmp_path / "*.xml"), tmp_path / "out"), pack)


def test_an_id_may_come_again_in_another_file(tmp_path: Path, pack: Pack) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("id,title\nsku-1,Chair\nsku-1,Stool\n")
    record = run(Options([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "out"), pack)
    assert (record["counts"]["decided"], record["counts"]["quarantined"]) == (2, 2)
    found = find_decisions(tmp_path / "out", "sku-1")
    assert [Path(row["source_uri"]).name for row in found] == ["a.csv", "b.csv"]


def test_a_bad_row_names_its_file(files: list[Path], tmp_path: Path, pack: Pack) -> None:
    run(Options(files, tmp_path / "out"), pack)
    (bad,) = map(json.loads, (tmp_path / "out" / "quarantine.jsonl").read_text().splitlines())
    assert (bad["file"], bad["row"], bad["field"]) == ("b.csv", 4, "title")


def test_two_workers_decide_several_files_as_one_does(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    one = run(Options(files, tmp_path / "one"), pack)
    two = run(Options(files, tmp_path / "two", workers=2), pack)
    assert decided(tmp_path / "one") == decided(tmp_path / "two")
    assert one["counts"] == two["counts"]


def test_progress_counts_the_bytes_of_all_files(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    seen: list[Progress] = []
    options = Options(files, tmp_path / "out")
    scan(options, pack, FakeEngine, publish=lambda *_: None, watch=seen.append)
    size = sum(file.stat().st_size for file in files)
    assert seen[-1].counts.bytes == seen[-1].bytes_total == size


def interrupted(options: Options, pack: Pack, chunks: int) -> Options:
    """The options of a run that stopped after so many chunks."""

    def stop(progress: Progress) -> None:
        if progress.counts.read >= chunks * CHUNK:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(options, pack, FakeEngine, publish=lambda *_: None, watch=stop)
    return replace(options, resume=True)


def test_a_resumed_run_decides_only_what_is_left(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    resumed = interrupted(Options(files, tmp_path / "out"), pack, chunks=4)
    before = Folder(tmp_path / "out").chunks.committed()
    assert {0, 1, 2, 1_000_000} <= before
    counting = FakeEngine()
    record = run(resumed, pack, lambda: counting)
    assert counting.batches == 9 - len(before)
    assert record["counts"] == run(Options(files, tmp_path / "whole"), pack)["counts"]
    assert decided(tmp_path / "out") == decided(tmp_path / "whole")


def test_resume_refuses_files_in_another_order(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    resumed = interrupted(Options(files, tmp_path / "out"), pack, chunks=1)
    with pytest.raises(RunError, match=r"feeds\..*a\.csv\.number was 0 and is 1"):
        run(replace(resumed, feed=[files[1], files[0], files[2]]), pack)


def test_a_result_with_a_hole_is_refused(files: list[Path], tmp_path: Path, pack: Pack) -> None:
    resumed = interrupted(Options(files, tmp_path / "out"), pack, chunks=4)
    folder = Folder(tmp_path / "out")

    class Losing(FakeEngine):
        """Loses a chunk of a file that was read to its end."""

        def run(self, batch: Any) -> Any:
            shutil.rmtree(folder.chunks.path(1), ignore_errors=True)
            return super().run(batch)

    with pytest.raises(RunError, match=r"a\.csv: was not decided to its end.*--resume"):
        run(resumed, pack, Losing)
    assert run(resumed, pack)["counts"]["read"] == 3 * ROWS


def test_the_record_names_every_file_and_the_folder_of_all(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    record = run(Options(files, tmp_path / "out"), pack)
    assert [Path(feed["uri"]).name for feed in record["feeds"]] == ["a.csv", "b.csv", "c.csv"]
    assert record["feed"] == {
        "uri": str(tmp_path / "feed"),
        "format": "csv",
        "bytes": sum(file.stat().st_size for file in files),
    }


@pytest.mark.parametrize("listing_id", ["c-5", "c-6"])
def test_a_listing_of_any_file_is_replayed(
    files: list[Path], tmp_path: Path, pack: Pack, listing_id: str
) -> None:
    out = tmp_path / "out"
    run(Options(files, out), pack)
    assert replay(out, listing_id, pack, FakeEngine(), row_reader(read_run(out))) == []


def test_files_that_moved_are_found_in_their_new_folder(
    files: list[Path], tmp_path: Path, pack: Pack
) -> None:
    out = tmp_path / "out"
    run(Options(files, out), pack)
    moved = (tmp_path / "feed").rename(tmp_path / "archive")
    assert replay(out, "b-6", pack, FakeEngine(), row_reader(read_run(out), moved)) == []


def test_relative_paths_are_read_from_any_folder_under_the_name_given(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = LocalParts(tmp_path / "parts")
    parts.folder.mkdir()
    (tmp_path / "columns.yaml").write_text("columns: {id: id}\n")
    monkeypatch.chdir(tmp_path)
    reading = Reading(["feed/a.csv"], parts, CHUNK, mapping=Path("columns.yaml")).from_anywhere()
    monkeypatch.chdir("feed")
    listings = [row for task in reading for row in task.batch.records()]
    assert [row["id"] for row in listings] == ids("a")
    assert {row["source"]["uri"] for row in listings} == {"feed/a.csv"}


def test_files_named_by_relative_paths_are_replayed_from_another_folder(
    files: list[Path], tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    monkeypatch.chdir(tmp_path)
    run(Options(["feed/a.csv", "feed/b.csv"], out), pack)
    monkeypatch.chdir(tmp_path / "feed")
    assert replay(out, "b-6", pack, FakeEngine(), row_reader(read_run(out))) == []
