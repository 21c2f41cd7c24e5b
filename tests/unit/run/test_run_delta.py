"""Decisions as a Delta table, read back by a Delta reader."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.policy.tinypack import TinyPack
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.errors import RunError
from shelfguard.policy.load import load_pack
from shelfguard.run.local import Options, scan
from shelfguard.run.output import Wanted
from shelfguard.run.stored import Stored
from shelfguard.run.worker import Sink, Task, Worker

deltalake = pytest.importorskip("deltalake", reason="needs the extra 'delta'")


def read_columns(folder: Path) -> list[str]:
    names: list[str] = deltalake.DeltaTable(str(folder)).to_pyarrow_table().column_names
    return names


def read(folder: Path) -> pa.Table:
    table = deltalake.DeltaTable(str(folder))
    return pa.table(table.to_pyarrow_table()).sort_by("listing_id")


def test_a_scan_leaves_a_table_of_its_decisions(tmp_path: Path) -> None:
    feed, out = tmp_path / "feed.csv", tmp_path / "out"
    feed.write_text("id,title\nsku-1,Chair\nsku-2,Push knife\nsku-3,Stool\n")
    pack = load_pack(TinyPack(tmp_path / "tiny").root)
    options = Options(feed, out, table="delta")
    scan(options, pack, FakeEngine, publish=lambda *_: None, watch=lambda _: None)
    wanted = pq.read_table(out / "decisions.parquet").sort_by("listing_id")
    assert read(out / "decisions").to_pylist() == wanted.to_pylist()


def test_overwriting_a_scan_replaces_its_table(tmp_path: Path) -> None:
    feed, out = tmp_path / "feed.csv", tmp_path / "out"
    pack = load_pack(TinyPack(tmp_path / "tiny").root)
    for title in ("Chair", "Stool"):
        feed.write_text(f"id,title\nsku-{title},{title}\n")
        options = Options(feed, out, table="delta", overwrite=True)
        scan(options, pack, FakeEngine, publish=lambda *_: None, watch=lambda _: None)
    assert read(out / "decisions")["listing_id"].to_pylist() == ["sku-Stool"]
    scan(
        Options(feed, out, overwrite=True),
        pack,
        FakeEngine,
        publish=lambda *_: None,
        watch=lambda _: None,
    )
    assert not (out / "decisions").exists()


def test_a_table_names_committed_files_alone_and_is_made_once(tmp_path: Path) -> None:
    stored = Stored(str(tmp_path))
    stored.open({}, resume=False, overwrite=False)
    worker, batch = Worker(FakeEngine, Sink(stored.chunks)), listings(10)
    for index in range(2):
        worker.decide(Task(index, 10, listings(10, start=10 * index)))
    dead = stored.chunks.part(1)
    dead.write_decisions(FakeEngine().run(batch), batch, None)
    for _ in range(2):
        stored.merge([0, 1], Wanted((), table="delta"))
    table = deltalake.DeltaTable(str(tmp_path / "decisions"))
    assert table.version() == 0
    assert read(tmp_path / "decisions").num_rows == 20


def test_a_table_of_other_files_is_not_touched(tmp_path: Path) -> None:
    deltalake.write_deltalake(str(tmp_path / "decisions"), pa.table({"mine": [1]}))
    stored = Stored(str(tmp_path))
    stored.open({}, resume=False, overwrite=False)
    Worker(FakeEngine, Sink(stored.chunks)).decide(Task(0, 10, listings(10)))
    with pytest.raises(RunError, match="holds another table"):
        stored.merge([0], Wanted((), table="delta"))
    assert read_columns(tmp_path / "decisions") == ["mine"]
