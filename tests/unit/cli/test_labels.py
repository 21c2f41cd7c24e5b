"""The label commands, from files to files."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from shelfguard.cli.main import app
from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    MANIFEST,
    ROWS,
    TARGET_SCHEMA,
    Manifest,
)
from shelfguard.learn.labels.read import write_labels
from tests.unit.cli.test_pack import pack as lexicon_pack
from tests.unit.learn.labels.answers import CLAUSE, label, listing, table
from tests.unit.learn.labels.test_suspects import TITLES, TRUTH, part

FEED = "id,title\na,Brass knuckles in solid metal\nb,Brass knuckles t-shirt\nc,Plain mug\nd,\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["labels", *(str(argument) for argument in arguments)])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    (tmp_path / "feed.csv").write_text(FEED, "utf-8")
    return lexicon_pack(tmp_path / "tiny", "brass knuckles").root


def lines(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_merge_writes_targets_and_shows_who_is_good(tmp_path: Path) -> None:
    pytest.importorskip("crowdkit")
    rows = [
        label(n, who, "violates" if n < 4 else "ok") for n in range(10) for who in ("ann", "bob")
    ]
    write_labels(table([*rows, label(0, "rule:[x]", "ok")]), tmp_path / "labels.csv")
    merge = ("merge", tmp_path / "labels.csv", "--out", tmp_path / "merged.parquet")
    shown = run(*merge)
    assert shown.exit_code == 0, shown.output
    assert "rule:[x]" in shown.stdout
    assert "21 labels on 10 questions, 1 in dispute." in shown.stdout
    assert pq.read_table(tmp_path / "merged.parquet").schema.equals(TARGET_SCHEMA)
    told = json.loads(run(*merge, "--json").stdout)
    assert told["disagreements"][0]["content_hash"] == listing(0)
    assert {each["annotator"] for each in told["annotators"]} == {"ann", "bob", "rule:[x]"}


def test_bad_labels_end_with_one_message_and_exit_code_8(tmp_path: Path) -> None:
    write_labels(table([label(1, "ann", "perhaps")]), tmp_path / "labels.csv")
    result = run("merge", tmp_path / "labels.csv", "--out", tmp_path / "merged.parquet")
    assert result.exit_code == 8
    assert "labels.csv:2: field 'answer'" in result.stderr
    assert not (tmp_path / "merged.parquet").exists()


def test_rules_label_a_feed(tmp_path: Path, tiny: Path) -> None:
    feed, out = tmp_path / "feed.csv", tmp_path / "rules.jsonl"
    result = run("rules", feed, "--pack", tiny, "--out", out)
    assert result.exit_code == 0, result.output
    assert [row["answer"] for row in lines(out)] == ["violates", "ok"]
    assert {row["annotator"] for row in lines(out)} == {"rule:lexicon"}


def test_pick_writes_questions_and_never_repeats_what_is_labelled(
    tmp_path: Path, tiny: Path
) -> None:
    pytest.importorskip("sklearn")
    feed, out, rules = (tmp_path / name for name in ("feed.csv", "batch.jsonl", "rules.jsonl"))
    pick = ("pick", feed, "--pack", tiny, "--out", out, "--count", "4")
    result = run(*pick, "--json")
    assert json.loads(result.stdout)["listings"] == 3
    assert json.loads(result.stdout)["unread"] == 1
    assert {row["clause"] for row in lines(out)} == {"*"}
    run("rules", feed, "--pack", tiny, "--out", rules)
    assert run(*pick, "--labelled", rules).exit_code == 0
    titles = {text for row in lines(out) for text in row["listing"]["title"].values()}
    assert titles == {"Plain mug"}


def test_pick_reads_the_feed_of_a_scan(tmp_path: Path, tiny: Path) -> None:
    pytest.importorskip("sklearn")
    feed, scan, out = tmp_path / "feed.csv", tmp_path / "out", tmp_path / "batch.jsonl"
    scanned = ["scan", str(feed), "--out", str(scan), "--pack", str(tiny), "--quiet"]
    assert CliRunner().invoke(app, scanned).exit_code == 0
    result = run("pick", scan, "--pack", tiny, "--out", out, "--random", "1", "--margin", "0")
    assert result.exit_code == 8
    assert "sum to 1" in result.stderr
    shares = ("--random", "1", "--margin", "0", "--diverse", "0")
    assert run("pick", scan, "--pack", tiny, "--out", out, *shares).exit_code == 0
    assert [row["sampling_prob"] for row in lines(out)] == [1.0, 1.0, 1.0]


@pytest.fixture
def scan_of_several_files(tmp_path: Path, tiny: Path) -> Path:
    feeds, out = tmp_path / "feeds", tmp_path / "out"
    feeds.mkdir()
    (feeds / "1.csv").write_text(FEED, "utf-8")
    (feeds / "2.jsonl").write_text('{"id": "e", "title": "Gold brass knuckles"}\n', "utf-8")
    scanned = ["scan", str(feeds), "--out", str(out), "--pack", str(tiny), "--quiet"]
    assert CliRunner().invoke(app, scanned).exit_code == 0
    return out


def test_rules_label_every_file_of_a_scan(
    tmp_path: Path, tiny: Path, scan_of_several_files: Path
) -> None:
    out = tmp_path / "rules.jsonl"
    result = run("rules", scan_of_several_files, "--pack", tiny, "--out", out)
    assert result.exit_code == 0, result.output
    assert Counter(row["answer"] for row in lines(out)) == {"violates": 2, "ok": 1}


def test_pick_reads_every_file_of_a_scan(
    tmp_path: Path, tiny: Path, scan_of_several_files: Path
) -> None:
    pytest.importorskip("sklearn")
    out = tmp_path / "batch.jsonl"
    result = run("pick", scan_of_several_files, "--pack", tiny, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["listings"], told["unread"]) == (4, 1)


def dataset(root: Path) -> Path:
    """A dataset whose fifth label is wrong."""
    whole = part(TITLES, TRUTH)
    root.mkdir()
    pq.write_table(whole.batch.table, root / LISTINGS)
    pq.write_table(whole.rows, root / ROWS)
    rows = [
        {"content_hash": listing(n), "clause": CLAUSE, "probability": p, "annotators": 1}
        for n, p in enumerate(0.0 if n == 4 else row[0] for n, row in enumerate(TRUTH))
    ]
    pq.write_table(TARGET_SCHEMA.empty_table().from_pylist(rows, TARGET_SCHEMA), root / LABELS)
    manifest = Manifest(
        id="x", pack="x", clauses=[CLAUSE], split_rule={}, sources=[], files={}, counts={}
    )
    (root / MANIFEST).write_text(manifest.model_dump_json(), "utf-8")
    return root


def test_suspects_lists_labels_to_review_again(tmp_path: Path) -> None:
    pytest.importorskip("cleanlab")
    pytest.importorskip("sklearn")
    out = tmp_path / "suspects.jsonl"
    result = run("suspects", dataset(tmp_path / "data"), "--out", out)
    assert result.exit_code == 0, result.output
    assert TITLES[4] in result.stdout
    assert [row["content_hash"] for row in lines(out)] == [listing(4)]
