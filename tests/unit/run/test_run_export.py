"""Exports say what the table says, whatever characters an id holds."""

import csv
import io
import json
from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.run.fake_engine import FakeEngine, listings

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.run.export import csv_header, to_csv, to_jsonl

TABLE = FakeEngine().run(listings(12)).table
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1)


def named(listing_id: str) -> pa.Table:
    ids = pa.array([listing_id] * len(TABLE), pa.string())
    return TABLE.set_column(TABLE.column_names.index("listing_id"), "listing_id", ids)


@given(texts)
def test_jsonl_says_what_the_table_says(listing_id: str) -> None:
    table = named(listing_id)
    rows = [json.loads(line) for line in to_jsonl(table).decode().split("\n")[:-1]]
    for row in rows:
        row["decided_at"] = datetime.fromisoformat(row["decided_at"])
    assert rows == table.to_pylist()


@given(texts)
def test_csv_has_reasons_as_json_and_nothing_where_there_are_none(listing_id: str) -> None:
    table = named(listing_id)
    text = (csv_header(DECISION_SCHEMA) + to_csv(table)).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["listing_id"] for row in rows] == table["listing_id"].to_pylist()
    assert json.loads(rows[0]["reasons"]) == table["reasons"][0].as_py()
    assert rows[1]["reasons"] == ""
