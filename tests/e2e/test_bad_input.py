"""Bad input of every kind: a clear message, a distinct exit code, and good rows still decided."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.e2e.conftest import Scan
from typer.testing import Result

GOOD = "id,title\na,Oak chair\nb,Brass knuckles\n"


def refused(result: Result, code: int, *words: str) -> None:
    """The command said one message with these words, and nothing else happened."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("shelfguard: ")
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def decided(result: Result, out: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The counts of a scan that went through, which add up, and its quarantine."""
    assert result.exit_code == 0, result.output
    counts = json.loads((out / "run.json").read_text())["counts"]
    bad = [json.loads(line) for line in (out / "quarantine.jsonl").read_text().splitlines()]
    assert counts["read"] == counts["decided"] + counts["quarantined"]
    assert counts["quarantined"] == len(bad)
    assert counts["decided"] == pq.read_metadata(out / "decisions.parquet").num_rows
    assert all(row["file"] and row["reason"] for row in bad)
    return counts, bad


def test_a_missing_file(scan: Scan, tmp_path: Path) -> None:
    refused(scan(tmp_path / "none.csv"), 3, "none.csv: no such file or directory")


def test_a_folder_without_files(scan: Scan, tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    refused(scan(tmp_path / "feeds"), 3, "feeds: no file is there")


def test_an_empty_file(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.touch()
    refused(scan(feed), 3, "feed.csv: is empty")


def test_a_header_without_rows(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title\n")
    refused(scan(feed), 3, "feed.csv: has no rows")


def test_a_picture_for_a_feed(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    refused(scan(feed), 3, "feed.csv")


def test_a_format_that_nobody_knows(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    refused(scan(feed, "--feed-format", "excel"), 3, "'excel' is not known")


def test_another_format_than_was_said(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    refused(scan(feed, "--feed-format", "parquet"), 3, "feed.csv")


def test_half_a_gzip_file(scan: Scan, tmp_path: Path, out: Path) -> None:
    rows = "".join(f"sku-{n},Oak chair of {n * 7919 % 1000} kinds\n" for n in range(5000))
    whole = gzip.compress(("id,title\n" + rows).encode())
    feed = tmp_path / "feed.csv.gz"
    feed.write_bytes(whole[: len(whole) // 2])
    counts, bad = decided(scan(feed), out)
    assert counts["decided"] > 1000
    assert "ends early" in bad[-1]["reason"]


def test_a_line_of_200_megabytes(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    with feed.open("w") as file:
        file.write(GOOD + "c,")
        for _ in range(200):
            file.write("x" * (1 << 20))
        file.write("\nd,Lamp\n")
    counts, bad = decided(scan(feed), out)
    assert (counts["decided"], counts["quarantined"]) == (3, 1)
    assert bad[0]["line"] == 4
    assert len(bad[0]["excerpt"]) <= 200


def test_nul_bytes(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    rows = "".join(f"sku-{n},Oak chair with a soft seat number {n}\n" for n in range(100))
    feed.write_bytes(("id,title\nx,Brass\0 knuckles\n" + rows).encode())
    counts, _ = decided(scan(feed), out)
    assert counts["read"] == 101


def test_a_carriage_return_in_a_cell(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD + "c,Brass knuckles\rgold\nd,Lamp\n", newline="")
    counts, bad = decided(scan(feed), out)
    assert (counts["decided"], counts["quarantined"]) == (3, 1)
    assert (bad[0]["line"], bad[0]["excerpt"]) == (4, "c,Brass knuckles\rgold")


def test_columns_of_one_name(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,note,note,note_2\na,Brass knuckles,x,y,z\n")
    counts, _ = decided(scan(feed), out)
    assert counts["decided"] == 1


def test_an_xml_bomb(scan: Scan, tmp_path: Path) -> None:
    levels = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' if n else '<!ENTITY e0 "ha">' for n in range(10)
    )
    feed = tmp_path / "feed.xml"
    feed.write_text(
        f'<?xml version="1.0"?><!DOCTYPE rss [{levels}]>'
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item>'
        "<g:id>1</g:id><title>&e9;</title></item></channel></rss>"
    )
    refused(scan(feed), 3, "feed.xml")


def test_a_parquet_file_of_the_wrong_types(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.parquet"
    prices = [{"amount": 1}, {"amount": 2}]
    pq.write_table(pa.table({"id": [1, 2], "title": ["Oak chair", None], "price": prices}), feed)
    refused(scan(feed), 3, "feed.parquet: field 'price'", "struct<amount: int64>")


def test_half_a_parquet_file(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.parquet"
    pq.write_table(pa.table({"id": ["a"], "title": ["Oak chair"]}), feed)
    feed.write_bytes(feed.read_bytes()[:-20])
    refused(scan(feed), 3, "feed.parquet")


def test_repeated_ids(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD + "a,Another chair\n")
    counts, bad = decided(scan(feed), out)
    assert (counts["decided"], counts["quarantined"]) == (2, 1)
    assert (bad[0]["line"], bad[0]["field"]) == (4, "id")
    assert "row 1" in bad[0]["reason"]


def test_a_pack_with_an_unknown_key(scan: Scan, tmp_path: Path, pack: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    clause = pack / "clauses" / "CA-WPN-001.yaml"
    clause.write_text(clause.read_text() + "colour: red\n")
    line = len(clause.read_text().splitlines())
    refused(scan(feed), 4, f"CA-WPN-001.yaml:{line}", "colour")


def test_a_pack_that_is_not_there(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    refused(scan(feed, "--pack", "mars-marketplace"), 4, "mars-marketplace")


@pytest.mark.parametrize("market", ["Canada", "US", ""])
def test_a_market_where_no_clause_is_in_force(scan: Scan, tmp_path: Path, market: str) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    message = f"no clause is in force in '{market}'"
    refused(scan(feed, "--market", market), 4, message, "Use a code such as CA")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_model_whose_digest_differs(scan: Scan, tmp_path: Path, pack: Path, workers: str) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    (pack / "models").mkdir()
    (pack / "models" / "student.npz").write_bytes(b"not the model")
    manifest = (pack / "pack.yaml").read_text().replace("[lexicon]", "[lexicon, text]", 1)
    model = (
        f"models:\n  - name: student\n    source: file:models/student.npz\n    sha256: {'a' * 64}\n"
    )
    (pack / "pack.yaml").write_text(manifest + model)
    refused(scan(feed, "--workers", workers), 5, "student.npz")


def test_an_output_folder_that_is_a_file(scan: Scan, tmp_path: Path, out: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    out.touch()
    refused(scan(feed), 6, "Choose another --out")


def test_a_mapping_that_is_not_there(scan: Scan, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(GOOD)
    refused(scan(feed, "--mapping", str(tmp_path / "columns.yaml")), 3, "columns.yaml")
