"""`shelfguard allocate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shelfguard.cli.main import app
from tests.unit.report.scan_folder import write_folder
from tests.unit.run.test_run_scores import CASES, scores

pytest.importorskip("scipy")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    file = scores(tmp_path / "scores.parquet", "a", "b", "c")
    return write_folder(tmp_path / "out", CASES, options={"scores": str(file)})


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["allocate", *(str(argument) for argument in arguments)])


def test_the_table_compares_three_ways_to_choose(out: Path) -> None:
    result = run(out, "--hours", "1")
    assert result.exit_code == 0, result.output
    for way in ("fixed threshold", "greedy", "optimal"):
        assert way in result.stdout


def test_json_and_a_queue_for_machines(out: Path, tmp_path: Path) -> None:
    queue = tmp_path / "queue.jsonl"
    result = run(out, "--hours", "0.05", "--minutes", "3", "--out", queue, "--json")
    plans = json.loads(result.stdout)["plans"]
    assert [(plan["name"], plan["cases"]) for plan in plans][2] == ("optimal", 1)
    (case,) = map(json.loads, queue.read_text().splitlines())
    assert (case["listing_id"], case["clause"], case["minutes"]) == ("a", "CA-WPN-003", 3.0)


def test_a_listing_below_every_threshold_can_be_chosen_too(out: Path) -> None:
    plans = json.loads(run(out, "--hours", "1", "--json").stdout)["plans"]
    assert [plan["cases"] for plan in plans] == [1, 2, 2]


def test_a_folder_without_a_scan_is_one_message(tmp_path: Path) -> None:
    result = run(tmp_path, "--hours", "1")
    assert result.exit_code == 6
    assert "no finished scan here" in result.output


def test_values_may_not_name_a_clause_that_is_not_scored(out: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("clauses: {CA-TOY-001: {harm: 3}}\n")
    result = run(out, "--hours", "1", "--values", values)
    assert result.exit_code == 8
    assert "no scores of CA-TOY-001" in result.output
