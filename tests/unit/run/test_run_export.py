import csv
import io
import json
from datetime import datetime

from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.run.export import csv_header, to_csv, to_jsonl


def test_jsonl_says_what_the_table_says() -> None:
    table = FakeEngine().run(listings(12)).table
    rows = [json.loads(line) for line in to_jsonl(table).splitlines()]
    for row in rows:
        row["decided_at"] = datetime.fromisoformat(row["decided_at"])
    assert rows == table.to_pylist()


def test_csv_has_reasons_as_json_and_nothing_where_there_are_none() -> None:
    table = FakeEngine().run(listings(12)).table
    text = (csv_header(DECISION_SCHEMA) + to_csv(table)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["listing_id"] for row in rows] == table["listing_id"].to_pylist()
    assert json.loads(rows[0]["reasons"]) == table["reasons"][0].as_py()
    assert rows[1]["reasons"] == ""
