import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.listing import LISTING_SCHEMA
from shelfguard.run.counts import Counts, count_decisions
from shelfguard.run.folder import Folder
from shelfguard.run.local_parts import read_table
from shelfguard.run.output import Wanted
from shelfguard.run.part import scores_table
from shelfguard.run.parts import total
from shelfguard.run.worker import Sink, Task, Worker

BAD_ROW = {"file": "f.csv", "line": 3, "row": 2, "field": "title", "reason": "no title"}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "out")
    folder.parts.mkdir(parents=True)
    return folder


def test_a_part_counts_only_once_it_is_committed(folder: Folder) -> None:
    batch = listings(20)
    decisions = FakeEngine().run(batch)
    half_done = folder.chunks.part(0)
    half_done.write_decisions(decisions, batch, None)
    assert folder.chunks.committed() == set()

    whole = folder.chunks.part(1)
    whole.write_decisions(decisions, batch, None)
    whole.flush()
    whole.commit(count_decisions(decisions))
    assert folder.chunks.committed() == {1}
    assert next(folder.chunks.counts([1])) == count_decisions(decisions)


def test_asking_what_is_done_leaves_a_part_that_is_being_written(folder: Folder) -> None:
    half_done = folder.chunks.part(7)
    assert folder.chunks.committed() == set()
    assert half_done.folder.exists()


def test_what_a_killed_worker_left_is_cleared_away(folder: Folder) -> None:
    folder.chunks.part(7)
    folder.chunks.clear_leftovers()
    assert list(folder.parts.iterdir()) == []


def test_parts_hold_every_decision_and_the_listings_behind_flags(folder: Folder) -> None:
    Worker(FakeEngine, Sink(folder.chunks)).decide(Task(0, 20, listings(20)))
    part = folder.parts / "00000000"
    assert read_table(part / "decisions.arrow").schema == DECISION_SCHEMA
    flagged = read_table(part / "flagged.arrow")
    assert flagged.schema == LISTING_SCHEMA
    assert flagged["id"].to_pylist() == ["sku-0", "sku-5", "sku-10", "sku-15"]


def test_counts_add_up_over_parts(folder: Folder) -> None:
    worker = Worker(FakeEngine, Sink(folder.chunks))
    worker.decide(Task(0, 21, listings(20), [BAD_ROW], {"missing seller": 20}))
    worker.decide(Task(1, 10, listings(10, start=20), [], {"missing seller": 10}))
    counts = total(folder.chunks.counts(range(2)))
    assert (counts.read, counts.decided, counts.quarantined) == (31, 30, 1)
    assert counts.flagged == 6
    summary = counts.summary()
    assert summary["warnings"] == {"missing seller": 30}
    assert summary["outcomes"]["block"] + summary["outcomes"]["review"] == 6
    assert sum(summary["outcomes"].values()) == 30
    assert summary["clauses"] == {"CA-WPN-003": {"block": 3}}
    assert counts.stages()["student"]["rows"] == 30
    assert Counts.from_json(json.loads(json.dumps(counts.to_json()))) == counts


def test_a_row_that_got_lost_shows_in_the_counts(folder: Folder) -> None:
    Worker(FakeEngine, Sink(folder.chunks)).decide(Task(0, 21, listings(20)))
    counts = total(folder.chunks.counts(range(1)))
    assert counts.read == 21 != counts.decided + counts.quarantined


def test_merging_keeps_feed_order_whatever_order_parts_were_done_in(folder: Folder) -> None:
    worker = Worker(FakeEngine, Sink(folder.chunks, "jsonl", scores=True))
    for index in (2, 0, 1):
        batch = listings(10, start=10 * index)
        worker.decide(Task(index, 11, batch, [{**BAD_ROW, "row": index}]))
    scores = folder.out / "scores.parquet"
    folder.merge(range(3), Wanted(("CA-WPN-003", "CA-DRG-001"), "jsonl", scores))

    expected = [f"sku-{n}" for n in range(30)]
    decisions = pq.read_table(folder / "decisions.parquet")
    assert decisions.schema == DECISION_SCHEMA
    assert decisions["listing_id"].to_pylist() == expected
    lines = (folder / "decisions.jsonl").read_text().splitlines()
    assert [json.loads(line)["listing_id"] for line in lines] == expected
    bad = (folder / "quarantine.jsonl").read_text().splitlines()
    assert [json.loads(line)["row"] for line in bad] == [0, 1, 2]
    assert pq.read_table(folder / "flagged.parquet")["id"].to_pylist() == [
        f"sku-{n}" for n in range(0, 30, 5)
    ]
    assert pq.read_table(scores)["listing_id"].to_pylist() == expected


def test_a_feed_without_listings_gives_empty_files(folder: Folder) -> None:
    folder.merge((), Wanted(("CA-WPN-003",)))
    assert pq.read_table(folder / "decisions.parquet").schema == DECISION_SCHEMA
    assert pq.read_table(folder / "flagged.parquet").num_rows == 0
    assert (folder / "quarantine.jsonl").read_text() == ""


def test_an_unknown_probability_is_null_not_zero() -> None:
    decisions = FakeEngine().run(listings(10))
    assert np.isnan(decisions.probabilities[:, 1]).all()
    scores = scores_table(decisions)
    assert scores.schema.field("CA-WPN-003").type == pa.float32()
    assert scores["CA-WPN-003"].to_pylist() == [1.0] + [0.0] * 9
    assert scores["CA-DRG-001"].null_count == 10
