"""Spark decides what the local engine decides, whatever dies on the way."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shelfguard.config import spark_on_this_python
from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.engine import Engine
from shelfguard.errors import FeedError, ModelError
from shelfguard.feeds import read_feed
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.folder import Folder
from shelfguard.run.local import Options, Progress, scan
from tests.engines.dying import DyingOnce
from tests.engines.feeds import (
    CATALOG,
    decide,
    local_result,
    plain_files,
    result,
    three_files,
)
from tests.engines.killing import kill_in_the_middle
from tests.slow import slow
from tests.unit.run.fake_engine import FakeEngine, SlowEngine

pytest.importorskip("pyspark", reason="needs the extra 'spark'")

CHUNK = 5

pytestmark = [
    slow,
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK))


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """One Spark for all tests; it takes a while to start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        spark_on_this_python()
        builder = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
        session = builder.config("spark.log.level", "ERROR").getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


def options(feed: list[Path], out: Path) -> Options:
    return Options(feed, out, engine="spark", workers=2)


FEW, MANY = 2, 4
"""Files that are spread chunk by chunk, and those that are decided where they are read."""


@pytest.mark.usefixtures("session")
def test_decisions_are_those_of_the_local_engine(tmp_path: Path, pack: Pack) -> None:
    feed = three_files(tmp_path / "feed")
    record = decide(options(feed, tmp_path / "spark"), pack)
    assert result(tmp_path / "spark") == local_result(feed, tmp_path / "local")
    assert (record["counts"]["read"], record["counts"]["quarantined"]) == (61, 1)
    assert len(result(tmp_path / "spark")[0]) == 60


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("files", [FEW, MANY])
@pytest.mark.parametrize("committed", [False, True], ids=["before", "after its commit"])
def test_a_killed_python_worker_changes_nothing(
    tmp_path: Path, pack: Pack, files: int, committed: bool
) -> None:
    feed, out = plain_files(tmp_path / "feed", files=files, rows=50), tmp_path / "spark"
    part = Folder(out).chunks.path(4) if committed else None
    build = partial(DyingOnce, listing_id="0-22", mark=tmp_path / "died", part=part)
    record = decide(options(feed, out), pack, build)
    assert (tmp_path / "died").exists()
    assert record["counts"]["read"] == files * 50
    assert result(out) == local_result(feed, tmp_path / "local", FakeEngine)


@pytest.mark.usefixtures("session")
def test_progress_is_told_as_chunks_are_committed(tmp_path: Path, pack: Pack) -> None:
    feed, seen = plain_files(tmp_path / "feed", files=1, rows=200), list[int]()

    def watch(progress: Progress) -> None:
        seen.append(progress.counts.read)

    asked = options(feed, tmp_path / "out")
    scan(asked, pack, SlowEngine, publish=lambda *_: None, watch=watch)
    assert seen == list(range(CHUNK, 200 + CHUNK, CHUNK))


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("files", [FEW, MANY])
def test_what_a_worker_cannot_do_is_told_as_the_local_engine_does(
    tmp_path: Path, pack: Pack, files: int
) -> None:
    feed = plain_files(tmp_path / "feed", files=files, rows=5)
    feed[0].write_text("id,title\n")
    with pytest.raises(FeedError, match=r"0\.csv: has no rows"):
        decide(options(feed, tmp_path / "a"), pack, FakeEngine)
    with pytest.raises(ModelError, match="digest differs"):
        decide(options(feed[1:], tmp_path / "b"), pack, broken_engine)


def broken_engine() -> FakeEngine:
    raise ModelError("digest differs", file="student.npz", fix="Fetch it again.")


@pytest.mark.usefixtures("session")
def test_a_killed_driver_is_resumed_without_loss_or_repetition(tmp_path: Path, pack: Pack) -> None:
    feed, out = plain_files(tmp_path / "feed", files=2, rows=200), tmp_path / "spark"
    before = kill_in_the_middle("spark", feed, out)
    assert 0 < len(before) < 2 * 200 / CHUNK
    decide(replace(options(feed, out), resume=True), pack, FakeEngine)
    assert result(out) == local_result(feed, tmp_path / "local", FakeEngine)


def decided(frame: Any) -> list[dict[str, Any]]:
    """What must not depend on the engine, sorted: tables have no order."""
    volatile = {*VOLATILE_COLUMNS, "source_uri", "source_row"}
    rows = pa.Table.to_pylist(frame.toArrow())
    stable = [{k: v for k, v in row.items() if k not in volatile} for row in rows]
    return sorted(stable, key=lambda row: str(row["listing_id"]))


def expected(pack: Pack) -> list[dict[str, Any]]:
    volatile = {*VOLATILE_COLUMNS, "source_uri", "source_row"}
    (chunk,) = read_feed(CATALOG)
    rows = Engine.from_pack(pack).run(chunk.batch).table.to_pylist()
    stable = [{k: v for k, v in row.items() if k not in volatile} for row in rows]
    return sorted(stable, key=lambda row: str(row["listing_id"]))


def test_a_table_of_listings_is_decided_row_by_row(session: Any, pack: Pack) -> None:
    from shelfguard.run.spark_table import decide as decide_table

    (chunk,) = read_feed(CATALOG)
    frame = session.createDataFrame(chunk.batch.table).repartition(3)
    assert decided(decide_table(frame, pack)) == expected(pack)


def test_a_table_with_the_columns_of_a_feed_is_decided_too(session: Any, pack: Pack) -> None:
    from shelfguard.run.spark_table import decide as decide_table

    frame = session.read.csv(str(CATALOG), header=True, multiLine=True, escape='"')
    assert decided(decide_table(frame.repartition(3), pack)) == expected(pack)
