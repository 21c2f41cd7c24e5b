"""Exports say what the table says, whatever characters an id holds."""

import csv
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest
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


def test_jsonl_does_not_depend_on_the_pieces_of_a_table() -> None:
    pieces = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])
    assert to_jsonl(pieces) == to_jsonl(TABLE)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), '"2026-11-22T09:30:00.000000Z"'),
        (datetime(1969, 12, 31, 23, 59, 59, 7, tzinfo=UTC), '"1969-12-31T23:59:59.000007Z"'),
        (datetime(1970, 1, 1, tzinfo=UTC), '"1970-01-01T00:00:00.000000Z"'),
        (None, "null"),
    ],
)
def test_jsonl_writes_a_moment_to_the_microsecond(moment: datetime | None, written: str) -> None:
    table = TABLE.select(["decided_at"])
    moments = pa.array([moment], table.schema.field("decided_at").type)
    table = pa.table([moments], schema=table.schema)
    assert to_jsonl(table).decode() == f'{{"decided_at":{written}}}\n'


@given(texts)
def test_csv_has_lists_as_json_and_nothing_where_they_are_empty(listing_id: str) -> None:
    table = named(listing_id)
    text = (csv_header(DECISION_SCHEMA) + to_csv(table)).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["listing_id"] for row in rows] == table["listing_id"].to_pylist()
    for name in ("reasons", "degraded", "pictures"):
        assert json.loads(rows[0][name]) == table[name][0].as_py()
        assert rows[1][name] == ""
