"""The command that writes, checks and reads the decision log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from shelfguard.cli import log
from shelfguard.cli.main import Messages
from shelfguard.store.database import connect, writing
from shelfguard.store.decisions import add
from shelfguard.store.saved import Saved
from shelfguard.store.schema import upgrade
from tests.unit.store.rows import row

app = typer.Typer(cls=Messages)
app.add_typer(log.app, name="log")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["log", *arguments])


def filled(url: str, *rows: Saved) -> None:
    """Have a store with these decisions."""
    engine = connect(url)
    upgrade(engine)
    with writing(engine) as connection:
        add(connection, rows)
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store of three decisions, two of them about one listing."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    filled(url, row(1), row(2), row(3, listing_id="sku-1"))
    return url


@pytest.fixture
def place(tmp_path: Path, store: str) -> str:
    """The log of that store."""
    place = str(tmp_path / "log")
    assert run("write", "--store", store, "--to", place).stdout == "Wrote 3 decisions.\n"
    return place


@pytest.mark.parametrize("command", ["verify", "write", "show"])
def test_help_has_examples(command: str) -> None:
    assert f"shelfguard log {command}" in run(command, "--help").stdout


def test_what_is_in_the_log_is_not_written_again(store: str, place: str) -> None:
    assert run("write", "--store", store, "--to", place).stdout == "Wrote 0 decisions.\n"


def test_a_whole_log_says_its_digest_for_the_next_check(place: str) -> None:
    found = json.loads(run("verify", place, "--json").stdout)
    assert (found["segments"], found["rows"], found["broken"]) == (1, 3, None)
    result = run("verify", place, "--expect", found["sha256"])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "3 decisions in 1 segments are whole.",
        f"Digest of the last: {found['sha256']}",
    ]


def test_a_broken_log_is_a_finding(place: str) -> None:
    segment = Path(place) / "000000000001.parquet"
    segment.write_bytes(segment.read_bytes()[:-1])
    result = run("verify", place, "--json")
    assert result.exit_code == 7
    assert json.loads(result.stdout)["broken"]["file"] == str(segment)
    assert "its bytes were changed" in result.stderr


def test_another_log_than_the_one_checked_before_is_a_finding(place: str) -> None:
    assert run("verify", place, "--expect", "0" * 63 + "1").exit_code == 7


@pytest.mark.parametrize("digest", ["", " ", "0" * 63, "G" * 64])
def test_what_is_no_digest_is_not_taken_for_one(place: str, digest: str) -> None:
    result = run("verify", place, "--expect", digest)
    assert result.exit_code == 2
    assert "A digest is 64 of 0-9 and a-f" in result.stderr


def test_a_log_does_not_go_on_from_another_store(tmp_path: Path, place: str) -> None:
    (tmp_path / "other").mkdir()
    other = f"sqlite:///{tmp_path / 'other' / 'store.db'}"
    filled(other, row(4))
    result = run("write", "--store", other, "--to", place)
    assert result.exit_code == 11
    assert "the store does not hold the last decision of this log" in result.stderr
    assert run("verify", place).stdout.startswith("3 decisions")


def test_a_place_without_a_log_is_an_error(tmp_path: Path) -> None:
    result = run("verify", str(tmp_path))
    assert result.exit_code == 11
    assert "no decision log is here" in result.stderr


def test_all_decisions_about_a_listing_are_shown_as_they_were_answered(place: str) -> None:
    lines = run("show", place, "--listing", "sku-1").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["decision-1", "decision-3"]
