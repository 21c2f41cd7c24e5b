"""What is written in a format is read back the same."""

import csv
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.unit.feeds.reading import read

FIELDS = ("id", "lang", "title", "description", "brand", "price", "currency", "seller_id")
GOOGLE = "http://base.google.com/ns/1.0"

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=30
)
lines = st.lists(words, max_size=3).map("\n".join)
names = words.filter(lambda text: text.strip() != "").map(str.strip)
row = st.fixed_dictionaries(
    {
        "lang": st.sampled_from(["en", "fr"]),
        "title": names,
        "description": lines,
        "brand": words,
        "price": st.integers(0, 10**8).map(lambda cents: cents / 100),
        "currency": st.just("CAD"),
        "seller_id": words.filter(lambda text: text.strip() != ""),
        "attributes": st.dictionaries(st.sampled_from(["colour", "size", "taille"]), names),
    }
)
feeds = st.lists(row, min_size=1, max_size=8).map(
    lambda rows: [{"id": f"id-{n}", **row} for n, row in enumerate(rows)]
)


def write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    extra = ["attributes.colour", "attributes.size", "attributes.taille"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*FIELDS, *extra])
        for row in rows:
            given_ = [row["attributes"].get(name.partition(".")[2], "") for name in extra]
            writer.writerow([*(row[name] for name in FIELDS), *given_])


def write_jsonl(rows: list[dict[str, Any]], path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_json(rows: list[dict[str, Any]], path: Path) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def write_google(rows: list[dict[str, Any]], path: Path) -> None:
    root = etree.Element("rss", nsmap={"g": GOOGLE}, version="2.0")
    channel = etree.SubElement(root, "channel")
    for row in rows:
        item = etree.SubElement(channel, "item")
        for name in FIELDS:
            child = etree.SubElement(item, f"{{{GOOGLE}}}{name}")
            child.text = f"{row[name]} CAD" if name == "price" else row[name]
        for name, value in row["attributes"].items():
            detail = etree.SubElement(item, f"{{{GOOGLE}}}product_detail")
            etree.SubElement(detail, f"{{{GOOGLE}}}attribute_name").text = name
            etree.SubElement(detail, f"{{{GOOGLE}}}attribute_value").text = value
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def write_parquet(rows: list[dict[str, Any]], path: Path) -> None:
    flat = [{**row, "attributes": json.dumps(row["attributes"])} for row in rows]
    pq.write_table(pa.Table.from_pylist(flat), path)


def expected(row: dict[str, Any], clean: Callable[[str], str]) -> dict[str, Any]:
    text = clean(row["description"])
    return {
        "id": row["id"],
        "title": {row["lang"]: clean(row["title"])},
        "description": {row["lang"]: text} if text else {},
        "brand": clean(row["brand"]) or None,
        "price": row["price"],
        "currency": "CAD",
        "seller": {"id": clean(row["seller_id"]), "type": None},
        "attributes": {name: clean(value) for name, value in row["attributes"].items()},
    }


@pytest.mark.parametrize(
    ("write", "clean"),
    [
        (write_csv, str),
        (write_jsonl, str),
        (write_json, str),
        (write_parquet, str),
        (write_google, lambda text: text.strip()),
    ],
)
@settings(max_examples=40, deadline=None)
@given(rows=feeds)
def test_round_trip(
    write: Callable[[list[dict[str, Any]], Path], None],
    clean: Callable[[str], str],
    rows: list[dict[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        write(rows, path)
        records, quarantined, _ = read(path, rows=3)
    assert quarantined == []
    wanted = [expected(row, clean) for row in rows]
    assert [{name: r[name] for name in wanted[0]} for r in records] == wanted


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(st.text(st.characters(exclude_characters='"\n', exclude_categories=["Cs"]))))
def test_without_quotation_marks_every_line_is_one_row(cells: list[str]) -> None:
    lines = ["1,Kite", *(f"{n},{cell}" for n, cell in enumerate(cells, start=2))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.csv"
        path.write_bytes("\n".join(["id,title", *lines]).encode())
        records, quarantined, _ = read(path, format="csv", lang="en", rows=2)
    assert len(records) + len(quarantined) == len(lines)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(min_size=1, max_size=400) | st.text(max_size=200).map(str.encode))
def test_whatever_follows_a_row_does_not_stop_the_reading(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.csv"
        path.write_bytes(b"id,title,price\n1,Kite,5\n" + data)
        records, _, _ = read(path, format="csv", lang="en", rows=2)
    assert records[0]["id"] == "1"
