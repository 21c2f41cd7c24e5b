from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasketch")

from typer.testing import CliRunner, Result

from shelfguard.cli.data import app
from shelfguard.errors import DataError, FindingsError
from shelfguard.learn.data.dataset import Dataset
from tests.unit.learn.data.tiny_dataset import CLAUSE, TinyInputs
from tests.unit.policy.tinypack import labelled


@pytest.fixture
def tiny(tmp_path: Path) -> TinyInputs:
    return TinyInputs(tmp_path)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def build(tiny: TinyInputs, *more: str | Path) -> Result:
    out = tiny.root / "data"
    return run("build", "--pack", tiny.pack.root, "--from", tiny.feed, "--out", out, *more)


def told(result: Result) -> Any:
    assert result.exception is None, result.output
    return json.loads(result.stdout)


def test_build_shows_what_the_dataset_is_made_of(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("f" * 64))
    result = build(tiny, "--from", labels, "--licence", "feed.csv=CC0")
    assert result.exception is None, result.output
    assert "| CC0 |" in (tiny.root / "data/datasheet.md").read_text("utf-8")
    assert "feed.csv" in result.stdout
    assert CLAUSE in result.stdout
    assert "Not among the listings of any source: 1 reviewed listings." in result.stdout


def test_build_and_show_tell_machines_the_manifest(tiny: TinyInputs) -> None:
    manifest = told(build(tiny, "--json"))
    assert manifest == told(run("show", tiny.root / "data", "--json"))
    assert CLAUSE in run("show", tiny.root / "data").stdout


def test_build_quietly_says_nothing(tiny: TinyInputs) -> None:
    assert build(tiny, "--quiet").output == ""


def test_options_reach_the_dataset(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1"))
    options = "--reviewed-split by-rule --test-after 2026-10-01 --sample 2 --seed 3 --json"
    manifest = told(build(tiny, "--from", labels, *options.split()))
    assert manifest["split_rule"]["reviewed"] == "by-rule"
    assert manifest["split_rule"]["test_after"] == "2026-10-01T00:00:00+00:00"
    (drawn,) = [s["sampled"] for s in manifest["sources"] if s.get("sampled")]
    assert drawn == {"rows": 2, "of": 5, "how": "drawn at random, seed 3"}


def test_strict_and_another_dataset_are_errors(tiny: TinyInputs) -> None:
    assert build(tiny).exception is None
    labels = tiny.write_labels(tiny.label("f" * 64))
    assert isinstance(build(tiny, "--from", labels, "--strict").exception, DataError)
    assert "holds another dataset" in str(build(tiny, "--limit", "2").exception)
    assert build(tiny, "--limit", "2", "--overwrite").exception is None


def test_a_licence_without_its_source_is_a_usage_error(tiny: TinyInputs) -> None:
    assert build(tiny, "--licence", "CC0").exit_code == 2


def test_audit_lists_findings_and_fails_on_errors_alone(tiny: TinyInputs) -> None:
    build(tiny)
    result = run("audit", tiny.root / "data")
    assert result.exception is None
    assert "warning[no-real-violations]" in result.stdout
    file = tiny.root / "data/labels.parquet"
    file.write_bytes(file.read_bytes()[:4] + b"\0" + file.read_bytes()[4:])
    broken = run("audit", tiny.root / "data")
    assert isinstance(broken.exception, FindingsError | DataError)


def test_audit_for_machines(tiny: TinyInputs) -> None:
    build(tiny)
    audited = told(run("audit", tiny.root / "data", "--json"))
    assert audited["clean"] is True
    assert audited["labels"] == []
    keys = {"severity", "code", "message", "fix", "count", "clause", "rows"}
    assert all(set(finding) == keys for finding in audited["findings"])


def test_audit_says_who_labelled_and_doubts_labels_where_asked(tiny: TinyInputs) -> None:
    pytest.importorskip("cleanlab")
    kinds = ("brass", "steel", "oak", "resin", "zinc", "bone", "pewter", "copper")
    right = [
        row
        for n, kind in enumerate(kinds)
        for row in (
            labelled(f"v{n}", "positive", f"Knuckle duster, {kind}, four finger holes"),
            labelled(f"b{n}", "benign", f"Picture frame, {kind}, with glass"),
        )
    ]
    bronze = "Knuckle duster, bronze, four finger holes"
    wrong = labelled("w", "benign", bronze)
    tiny.pack.rows("examples/x.jsonl", *right, wrong)
    assert build(tiny, "--from", tiny.write_labels(tiny.label("p1"))).exception is None
    plain = run("audit", tiny.root / "data")
    assert "Who labelled" in plain.stdout
    assert "suspect-labels" not in plain.stdout
    doubted = run("audit", tiny.root / "data", "--label-errors", "--json")
    (found,) = [one for one in told(doubted)["findings"] if one["code"] == "suspect-labels"]
    listings = Dataset.load(tiny.root / "data").everything.batch
    titles = [next(iter(record["title"].values())) for record in listings.records()]
    assert found["clause"] == CLAUSE
    assert listings.content_hashes()[titles.index(bronze)] in found["rows"]


def test_audit_exits_with_findings_where_a_dataset_was_tampered_with(tiny: TinyInputs) -> None:
    build(tiny)
    manifest = tiny.root / "data/manifest.json"
    manifest.write_text(manifest.read_text().replace("tiny@1.0.0", "tiny@9.0.0"))
    result = run("audit", tiny.root / "data")
    assert isinstance(result.exception, FindingsError)
    assert "error[changed-manifest]" in result.stdout


@pytest.mark.parametrize("command", ["build", "audit", "show"])
def test_every_command_explains_itself(command: str) -> None:
    assert "Usage" in run(command, "--help").stdout
