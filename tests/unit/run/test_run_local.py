"""A whole scan: counts that add up, order, and going on after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.policy.tinypack import TinyPack
from tests.unit.run.fake_engine import FakeEngine

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.errors import FeedError, RunError, ShelfguardError
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.folder import Folder
from shelfguard.run.local import Options, Progress, scan
from shelfguard.run.worker import Build

ROWS = 200
CHUNK = 10


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(TinyPack(tmp_path / "tiny").root)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Every fifth listing is flagged; row 7 has no title and row 150 repeats an id."""
    words = {0: "knife", 5: "maybe"}
    rows = [f"sku-{n},{words.get(n % 10, 'chair')} number {n}" for n in range(1, ROWS + 1)]
    rows[6], rows[149] = "sku-7,", "sku-1,chair again"
    file = tmp_path / "feed.csv"
    file.write_text("\n".join(["id,title", *rows]) + "\n")
    return file


def run(options: Options, pack: Pack, build: Build = FakeEngine) -> dict[str, Any]:
    return scan(options, pack, build, publish=lambda *_: None, watch=lambda _: None)


def decisions(out: Path) -> pa.Table:
    """What must be the same in any two runs over the same input."""
    return pq.read_table(out / "decisions.parquet").drop_columns(list(VOLATILE_COLUMNS))


def test_counts_add_up_and_nothing_is_dropped(feed: Path, tmp_path: Path, pack: Pack) -> None:
    record = run(Options(feed, tmp_path / "out"), pack)
    counts = record["counts"]
    assert counts["read"] == ROWS == counts["decided"] + counts["quarantined"]
    assert counts["quarantined"] == 2
    assert sum(counts["outcomes"].values()) == counts["decided"]
    assert counts["outcomes"]["block"] == counts["clauses"]["CA-WPN-003"]["block"] == 19
    assert record == json.loads((tmp_path / "out" / "run.json").read_text())
    bad = (tmp_path / "out" / "quarantine.jsonl").read_text().splitlines()
    assert [(q["row"], q["field"]) for q in map(json.loads, bad)] == [(7, "title"), (150, "id")]


def test_decisions_keep_the_order_of_the_feed(feed: Path, tmp_path: Path, pack: Pack) -> None:
    run(Options(feed, tmp_path / "out", workers=2), pack)
    rows = decisions(tmp_path / "out")["source_row"].to_pylist()
    assert rows == [n for n in range(1, ROWS + 1) if n not in (7, 150)]


def test_two_workers_decide_as_one(feed: Path, tmp_path: Path, pack: Pack) -> None:
    one = run(Options(feed, tmp_path / "one"), pack)
    two = run(Options(feed, tmp_path / "two", workers=2), pack)
    assert decisions(tmp_path / "one").equals(decisions(tmp_path / "two"))
    assert one["counts"] == two["counts"]


def test_only_the_files_of_a_finished_scan_stay(feed: Path, tmp_path: Path, pack: Pack) -> None:
    run(Options(feed, tmp_path / "out"), pack)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "decisions.parquet",
        "flagged.parquet",
        "quarantine.jsonl",
        "run.json",
    ]


def test_progress_ends_at_the_end_of_the_feed(feed: Path, tmp_path: Path, pack: Pack) -> None:
    seen: list[tuple[int, int]] = []

    def watch(progress: Progress) -> None:
        seen.append((progress.counts.read, progress.counts.bytes))

    scan(Options(feed, tmp_path / "out"), pack, FakeEngine, publish=lambda *_: None, watch=watch)
    assert seen == sorted(seen)
    assert seen[-1] == (ROWS, feed.stat().st_size)


@pytest.mark.parametrize("workers", [1, 2])
def test_kill_9_and_resume_neither_lose_nor_double_a_decision(
    feed: Path, tmp_path: Path, pack: Pack, workers: int
) -> None:
    out = tmp_path / "killed"
    _kill_in_the_middle(feed, out, pack, workers)
    done_before = {path.name for path in Folder(out).parts.glob("0*[0-9]")}
    assert 0 < len(done_before) < ROWS / CHUNK

    counting = FakeEngine()
    resumed = run(Options(feed, out, resume=True), pack, lambda: counting)
    whole = run(Options(feed, tmp_path / "whole"), pack)
    assert decisions(out).equals(decisions(tmp_path / "whole"))
    assert resumed["counts"] == whole["counts"]
    assert counting.batches == ROWS / CHUNK - len(done_before)
    for name in ("flagged.parquet", "quarantine.jsonl"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def _kill_in_the_middle(feed: Path, out: Path, pack: Pack, workers: int) -> None:
    arguments = [str(feed), str(out), str(pack.root), str(workers)]
    command = [sys.executable, "-m", "tests.unit.run.drive", *arguments]
    with subprocess.Popen(command, start_new_session=True) as process:
        while len(list(Folder(out).parts.glob("0*[0-9]"))) < 3:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    _wait_for_orphans(process.pid)


def _wait_for_orphans(group: int) -> None:
    """Workers notice the death of their parent a moment later, and may commit until then."""
    with suppress(ProcessLookupError):
        for _ in range(300):  # where nobody reaps orphans, the group never ends
            os.killpg(group, 0)
            time.sleep(0.01)


def test_a_kill_while_publishing_loses_nothing(feed: Path, tmp_path: Path, pack: Pack) -> None:
    out = tmp_path / "out"

    def killed(out: Path, pack: Pack) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(Options(feed, out), pack, FakeEngine, publish=killed, watch=lambda _: None)
    counting = FakeEngine()
    record = run(Options(feed, out, resume=True), pack, lambda: counting)
    assert counting.batches == 0
    assert record["counts"]["read"] == ROWS


@pytest.fixture
def interrupted(feed: Path, tmp_path: Path, pack: Pack) -> Options:
    """The options of a run that stopped after its first chunk."""
    options = Options(feed, tmp_path / "out")

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(options, pack, FakeEngine, publish=lambda *_: None, watch=stop)
    return replace(options, resume=True)


def test_resume_refuses_another_pack(interrupted: Options, pack: Pack) -> None:
    with pytest.raises(RunError, match="pack was"):
        run(interrupted, replace(pack, sha256="f" * 64))


def test_resume_refuses_other_models(interrupted: Options, pack: Pack) -> None:
    with pytest.raises(RunError, match=r"models\.student was"):
        run(interrupted, pack, lambda: FakeEngine(models={"student": "1" * 64}))


def test_resume_refuses_another_feed(feed: Path, interrupted: Options, pack: Pack) -> None:
    feed.write_text(feed.read_text() + "sku-x,chair\n")
    with pytest.raises(RunError, match=r"feed\.bytes was"):
        run(interrupted, pack)


def test_resume_refuses_other_options(interrupted: Options, pack: Pack) -> None:
    with pytest.raises(RunError, match=r"options\.mode was \"shadow\" and is \"enforce\""):
        run(replace(interrupted, mode="enforce"), pack)


def test_resume_refuses_other_chunks(
    interrupted: Options, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK + 1))
    with pytest.raises(RunError, match=r"options\.chunk_rows was"):
        run(interrupted, pack)


def test_the_number_of_workers_may_change(interrupted: Options, pack: Pack) -> None:
    assert run(replace(interrupted, workers=2), pack)["counts"]["read"] == ROWS


def test_a_feed_that_cannot_be_read_leaves_no_run_behind(tmp_path: Path, pack: Pack) -> None:
    header = tmp_path / "empty.csv"
    header.write_text("id,title\n")
    for feed in (header, tmp_path / "missing.csv"):
        with pytest.raises(FeedError):
            run(Options(feed, tmp_path / "out"), pack)
    assert list((tmp_path / "out").iterdir()) == []


def test_chunk_rows_must_be_a_number(
    feed: Path, tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", "many")
    with pytest.raises(ShelfguardError, match="SHELFGUARD_CHUNK_ROWS"):
        run(Options(feed, tmp_path / "out"), pack)
