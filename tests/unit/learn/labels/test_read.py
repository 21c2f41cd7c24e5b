"""Label files: what is read, what wins, and what is refused with file, line and field."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.labels.label import LABEL_SCHEMA, Answer, Source
from shelfguard.learn.labels.read import read_labels, write_labels
from tests.unit.learn.labels.answers import CLAUSE, NOON, OTHER, label, later, listing, table


def jsonl(folder: Path, *rows: dict[str, Any], name: str = "labels.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), "utf-8")
    return file


def refused(*files: Path, clauses: list[str] | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read_labels(files, clauses)
    return str(caught.value)


ROWS = table(
    [
        label(1, "ann", "violates"),
        label(1, "bob", "ok"),
        label(2, "ann", "unsure", sampling_prob=0.01),
    ]
)


@pytest.mark.parametrize(
    "name", ["x.parquet", "x.jsonl", "x.csv", "x.jsonl.gz", "x.csv.gz", "X.CSV"]
)
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    write_labels(ROWS, tmp_path / name)
    assert read_labels([tmp_path / name]).equals(ROWS)


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 99),
            st.sampled_from([CLAUSE, OTHER]),
            st.sampled_from(list(Answer)),
            st.sampled_from(list(Source)),
            st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8),
            st.floats(0, 1, exclude_min=True),
            st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
        ),
        unique_by=lambda row: (row[0], row[1], row[4]),
    ),
    form=st.sampled_from(["jsonl", "csv", "parquet"]),
)
def test_any_labels_survive_any_form(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], form: str
) -> None:
    whole = [
        (listing(number), clause, answer, source, who, p, at.replace(tzinfo=UTC))
        for number, clause, answer, source, who, p, at in rows
    ]
    labels = table([dict(zip(LABEL_SCHEMA.names, row, strict=True)) for row in whole])
    file = tmp_path_factory.mktemp("labels") / f"x.{form}"
    write_labels(labels, file)
    order = [(name, "ascending") for name in ("listing_hash", "clause", "annotator")]
    assert read_labels([file]).sort_by(order) == labels.sort_by(order)


def test_the_latest_answer_of_an_annotator_counts(tmp_path: Path) -> None:
    first = jsonl(tmp_path, label(1, "ann", "ok", as_of=later(2)), name="a.jsonl")
    second = jsonl(tmp_path, label(1, "ann", "violates", as_of=later(1)), name="b.jsonl")
    assert read_labels([first, second]).column("answer").to_pylist() == ["ok"]
    assert read_labels([second, first]).column("answer").to_pylist() == ["ok"]


def test_the_same_label_twice_is_one(tmp_path: Path) -> None:
    file = jsonl(tmp_path, label(1, "ann", "ok"), label(1, "ann", "ok"))
    assert read_labels([file, file]).num_rows == 1


def test_a_contradiction_at_one_time_is_refused(tmp_path: Path) -> None:
    file = jsonl(tmp_path, label(1, "ann", "ok"), label(1, "ann", "violates"))
    message = refused(file)
    assert f"{file}:2: field 'answer'" in message
    assert f"{file}:1" in message


def test_times_in_any_zone_are_kept_in_utc_and_a_date_is_its_midnight(tmp_path: Path) -> None:
    quebec = label(1, "ann", "ok", as_of="2026-11-28T07:00:00-05:00")
    file = jsonl(tmp_path, quebec, label(2, "ann", "ok", as_of="2026-11-28"))
    times = read_labels([file]).column("as_of").to_pylist()
    assert times == [NOON, datetime(2026, 11, 28, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("answer", "maybe", "is not one of 'violates', 'ok' or 'unsure'"),
        ("source", "hearsay", "is not one of"),
        ("sampling_prob", 0, "greater than 0"),
        ("sampling_prob", 1.5, "less than or equal to 1"),
        ("sampling_prob", "nan", "less than or equal to 1"),
        ("as_of", "2026-11-28T12:00:00", "needs its zone"),
        ("as_of", "yesterday", "yesterday"),
        ("as_of", 1764331200, "ISO 8601"),
        ("listing_hash", "B00066HWL6", "does not match"),
        ("annotator", " ", "does not match"),
        ("clause", "", "at least 1 character"),
    ],
)
def test_a_bad_value_is_named_with_its_place(
    tmp_path: Path, field: str, value: Any, says: str
) -> None:
    file = jsonl(tmp_path, label(1, "ann", "ok"), {**label(2, "ann", "ok"), field: value})
    message = refused(file)
    assert message.startswith(f"{file}:2: field '{field}'")
    assert says in message


def test_all_problems_come_in_one_message_but_no_more_than_twenty(tmp_path: Path) -> None:
    rows = [label(number, "ann", "maybe") for number in range(30)]
    message = refused(jsonl(tmp_path, *rows))
    assert len(message.splitlines()) == 21
    assert message.endswith("and 10 more")


def test_a_clause_that_the_pack_lacks_is_refused_with_the_nearest(tmp_path: Path) -> None:
    file = jsonl(tmp_path, label(1, "ann", "ok", clause="CA-WPN-01"))
    assert f"Did you mean {CLAUSE}?" in refused(file, clauses=[CLAUSE, OTHER])
    assert read_labels([file]).num_rows == 1


def test_ok_under_every_clause_leaves_those_that_are_named(tmp_path: Path) -> None:
    file = jsonl(
        tmp_path,
        label(1, "ann", "ok", clause="*", sampling_prob=0.1),
        label(1, "ann", "violates", clause=OTHER, sampling_prob=0.1),
    )
    rows = read_labels([file], [CLAUSE, OTHER, "CA-TOB-001"]).to_pylist()
    assert {row["clause"]: row["answer"] for row in rows} == {
        CLAUSE: "ok",
        OTHER: "violates",
        "CA-TOB-001": "ok",
    }
    assert "Name the pack" in refused(file)


def test_every_clause_cannot_be_violated_at_once(tmp_path: Path) -> None:
    file = jsonl(tmp_path, label(1, "ann", "violates", clause="*"))
    assert "Name the clause" in refused(file, clauses=[CLAUSE])


def test_what_else_a_row_holds_is_passed_over(tmp_path: Path) -> None:
    file = jsonl(tmp_path, label(1, "ann", "ok", reason="margin", listing={"id": "1"}))
    assert read_labels([file]).column_names == LABEL_SCHEMA.names


def test_lines_that_are_no_objects_are_named(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("{oops\n\n[1]\n", "utf-8")
    message = refused(file)
    assert f"{file}:1: not JSON" in message
    assert f"{file}:3: not a JSON object" in message


def test_files_that_are_not_what_they_seem_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.parquet").write_bytes(b"not parquet")
    (tmp_path / "labels.csv.gz").write_bytes(b"not gzip")
    (tmp_path / "latin.csv").write_bytes(b"annotator\nZo\xe9\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"{}\n" * 1000)[:-12])
    (tmp_path / "labels.xlsx").write_bytes(b"")
    for name in ("labels.parquet", "labels.csv.gz", "latin.csv", "cut.jsonl.gz", "absent.csv"):
        assert "cannot" in refused(tmp_path / name) or "no such column" in refused(tmp_path / name)
    assert "cannot tell the format" in refused(tmp_path / "labels.xlsx")


def test_a_missing_column_is_one_problem(tmp_path: Path) -> None:
    pq.write_table(ROWS.drop_columns(["source"]), tmp_path / "x.parquet")
    (tmp_path / "x.csv").write_text("listing_hash,clause\n", "utf-8")
    assert "field 'source': no such column" in refused(tmp_path / "x.parquet")
    assert "no such column" in refused(tmp_path / "x.csv")


def test_no_file_gives_no_labels() -> None:
    assert read_labels([]).equals(pa.Table.from_pylist([], schema=LABEL_SCHEMA))
