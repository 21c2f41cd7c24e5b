"""Exports say what the table says, whatever characters an id holds."""

import csv
import io
import json
from datetime import datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report.scan_folder import decision, failed, reason, region

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.run.export import csv_header, to_csv, to_jsonl

SEEN = {"uri": "https://shop.example/a.jpg", "sha256": "ab" * 32, "failure": None}
FOUND = reason(
    "MKT-IMG-001",
    region(SEEN, kind="mask", mask={"size": [2, 2], "counts": [1, 3]}, box=[0.0, 0.0, 1.0, 0.5]),
    region(SEEN, kind="match", bank="recalled", entry=17, distance=4),
)
MUG = {"id": "A-1", "title": {"en": "Mug"}}
TABLE = pa.Table.from_pylist(
    [
        decision(MUG, 1, FOUND, pictures=[SEEN, failed("not-found: gone")], degraded=["text"]),
        decision(MUG, 2, pictures=[]),
    ],
    DECISION_SCHEMA,
)
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
def test_csv_has_lists_as_json_and_nothing_where_they_are_empty(listing_id: str) -> None:
    table = named(listing_id)
    text = (csv_header(DECISION_SCHEMA) + to_csv(table)).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["listing_id"] for row in rows] == table["listing_id"].to_pylist()
    for name in ("reasons", "degraded", "pictures"):
        assert json.loads(rows[0][name]) == table[name][0].as_py()
        assert rows[1][name] == ""
