"""Replay: a record either still holds, or each field that differs is named."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.policy.tinypack import TinyPack
from tests.unit.run.fake_engine import FakeEngine

from shelfguard.decision import Decisions
from shelfguard.errors import RunError
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.local import Options, scan
from shelfguard.run.records import read_run
from shelfguard.run.replay import replay
from shelfguard.run.source import row_reader
from shelfguard.run.worker import Engine

FLAGGED, PASSED = "sku-2", "sku-3"


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(TinyPack(tmp_path / "tiny").root)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.csv"
    file.write_text("id,title\nsku-1,Chair\nsku-2,Push knife\nsku-3,Stool\n")
    return file


@pytest.fixture
def out(tmp_path: Path, feed: Path, pack: Pack) -> Path:
    out = tmp_path / "out"
    run(feed, out, pack)
    return out


def run(feed: Path, out: Path, pack: Pack) -> None:
    scan(Options(feed, out), pack, FakeEngine, publish=lambda *_: None, watch=lambda _: None)


def again(out: Path, listing_id: str, pack: Pack, engine: Engine | None = None) -> list[str]:
    return replay(out, listing_id, pack, engine or FakeEngine(), row_reader(read_run(out)))


@pytest.mark.parametrize("listing_id", [FLAGGED, PASSED])
def test_an_unchanged_decision_is_identical(out: Path, pack: Pack, listing_id: str) -> None:
    assert again(out, listing_id, pack) == []


def test_a_flagged_listing_needs_no_feed(out: Path, pack: Pack, feed: Path) -> None:
    feed.unlink()
    assert again(out, FLAGGED, pack) == []


def test_a_passed_listing_is_read_from_where_the_feed_went(
    out: Path, pack: Pack, feed: Path, tmp_path: Path
) -> None:
    moved = feed.rename(tmp_path / "moved.csv")
    reader = row_reader(read_run(out), moved)
    assert replay(out, PASSED, pack, FakeEngine(), reader) == []


def test_a_listing_without_an_id_is_found_in_a_renamed_feed(tmp_path: Path, pack: Pack) -> None:
    feed, out = tmp_path / "feed.csv", tmp_path / "out"
    feed.write_text("id,title\n,Chair\n,Stool\n")
    run(feed, out, pack)
    renamed = feed.rename(tmp_path / "feed-2026.csv")
    reader = row_reader(read_run(out), renamed)
    assert replay(out, "feed.csv:2", pack, FakeEngine(), reader) == []


def test_a_listing_behind_a_chunk_of_bad_rows_is_found(
    tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", "2")
    feed, out = tmp_path / "feed.csv", tmp_path / "out"
    feed.write_text("id,title\nsku-1,\nsku-2,\nsku-3,Stool\n")
    run(feed, out, pack)
    assert again(out, "sku-3", pack) == []


def test_a_scan_named_by_relative_paths_is_replayed_from_another_folder(
    tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feed.csv").write_text("sku,name\nsku-3,Stool\n")
    (tmp_path / "columns.yaml").write_text("columns: {sku: id, name: title}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    options = Options(Path("feed.csv"), Path("out"), mapping=Path("columns.yaml"))
    scan(options, pack, FakeEngine, publish=lambda *_: None, watch=lambda _: None)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert again(tmp_path / "out", PASSED, pack) == []


def test_a_listing_that_changed_in_the_feed_is_told(out: Path, pack: Pack, feed: Path) -> None:
    feed.write_text(feed.read_text().replace("Stool", "Stool with knife"))
    changed = again(out, PASSED, pack)
    assert any(line.startswith("content_hash: recorded") for line in changed)
    assert 'outcome: recorded "allow", now "block"' in changed


def test_a_row_that_is_another_listing_now_is_refused(out: Path, pack: Pack, feed: Path) -> None:
    feed.write_text("id,title\nsku-1,Chair\nsku-9,Lamp\nsku-8,Lamp\n")
    with pytest.raises(RunError, match="row 3 is not listing 'sku-3' any more"):
        again(out, PASSED, pack)


def test_other_models_and_another_pack_are_named(out: Path, pack: Pack) -> None:
    engine = FakeEngine(models={"student": "1" * 64})
    changed = again(out, FLAGGED, replace(pack, sha256="f" * 64), engine)
    assert any(line.startswith("pack: recorded") for line in changed)
    assert any(line.startswith("models.student: recorded") for line in changed)


def test_a_difference_deep_in_a_reason_is_named_by_its_path(out: Path, pack: Pack) -> None:
    class Doubtful(FakeEngine):
        def run(self, batch: Batch) -> Decisions:
            made = super().run(batch)
            rows = made.table.to_pylist()
            rows[0]["reasons"][0]["evidence"][0]["quote"] = "knives"
            return replace(made, table=made.table.from_pylist(rows, schema=made.table.schema))

    changed = again(out, FLAGGED, pack, Doubtful())
    assert changed == ['reasons[0].evidence[0].quote: recorded "knife", now "knives"']


def test_an_unknown_listing_is_a_run_error(out: Path, pack: Pack) -> None:
    with pytest.raises(RunError, match="no decision on listing 'sku-77'"):
        again(out, "sku-77", pack)


def test_a_broken_record_is_a_run_error(out: Path, pack: Pack) -> None:
    (out / "run.json").write_text("{")
    with pytest.raises(RunError, match=r"run\.json: not JSON"):
        again(out, FLAGGED, pack)


def test_a_folder_without_a_scan_is_a_run_error(tmp_path: Path, pack: Pack) -> None:
    with pytest.raises(RunError, match="no finished scan"):
        again(tmp_path, FLAGGED, pack)
