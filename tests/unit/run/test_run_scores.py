"""Reading a scan's probabilities back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.report.scan_folder import reason, write_folder

from shelfguard.errors import RunError
from shelfguard.run.scores import read_scores

LISTINGS = [{"id": name, "title": {"en": name}} for name in ("a", "b", "c")]
CASES = [(LISTINGS[0], [reason("CA-WPN-003")]), (LISTINGS[1], []), (LISTINGS[2], [])]


def scores(file: Path, *ids: str) -> Path:
    table = {"listing_id": list(ids), "CA-WPN-003": pa.array([0.9, None, 0.2][: len(ids)])}
    pq.write_table(pa.table(table), file)
    return file


def test_the_file_that_the_scan_wrote_has_every_listing(tmp_path: Path) -> None:
    file = scores(tmp_path / "scores.parquet", "a", "b", "c")
    out = write_folder(tmp_path / "out", CASES, options={"scores": str(file)})
    found = read_scores(out)
    assert (found.ids, found.clauses) == (["a", "b", "c"], ["CA-WPN-003"])
    np.testing.assert_allclose(found.probabilities[:, 0], [0.9, np.nan, 0.2], rtol=1e-6)
    assert found.flagged.tolist() == [True, False, False]


def test_without_scores_only_flagged_listings_have_any(tmp_path: Path) -> None:
    found = read_scores(write_folder(tmp_path / "out", CASES))
    np.testing.assert_allclose(found.probabilities[:, 0], [0.93, np.nan, np.nan], rtol=1e-6)


def test_scores_of_another_scan_are_refused(tmp_path: Path) -> None:
    out = write_folder(tmp_path / "out", CASES)
    with pytest.raises(RunError, match="not the scores of this scan"):
        read_scores(out, scores(tmp_path / "scores.parquet", "a", "b"))
    with pytest.raises(RunError, match="is missing"):
        read_scores(out, tmp_path / "nowhere.parquet")
    (tmp_path / "text").write_text("no table")
    with pytest.raises(RunError, match="not Parquet"):
        read_scores(out, tmp_path / "text")


def test_a_queue_names_its_listings(tmp_path: Path) -> None:
    found = read_scores(write_folder(tmp_path / "out", CASES))
    found.write_queue(tmp_path / "queue.jsonl", [{"row": 2, "clause": "CA-WPN-003"}])
    (line,) = (tmp_path / "queue.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "listing_id": "c",
        "content_hash": "0" * 64,
        "clause": "CA-WPN-003",
    }
