"""The command that makes and upgrades the tables of a store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from shelfguard.cli import db
from shelfguard.cli.main import Messages
from shelfguard.store.schema import newest

app = typer.Typer(cls=Messages)
app.add_typer(db.app, name="db")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["db", *arguments])


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.mark.parametrize("command", ["upgrade", "current", "check"])
def test_help_has_examples(command: str) -> None:
    assert f"shelfguard db {command}" in run(command, "--help").stdout


def test_a_store_fits_once_it_is_upgraded(store: str) -> None:
    before = run("check", "--store", store)
    assert before.exit_code == 11
    assert "Run: shelfguard db upgrade --store" in " ".join(before.stderr.split())
    assert run("upgrade", "--store", store).stdout == f"The tables are of version {newest()}.\n"
    assert run("check", "--store", store).exit_code == 0


def test_the_version_is_told_to_machines(store: str) -> None:
    current = ("current", "--store", store)
    assert json.loads(run(*current, "--json").stdout) == {"version": None, "needed": newest()}
    assert json.loads(run("upgrade", "--store", store, "--json").stdout) == {"version": newest()}
    assert f"version {newest()}; this" in run(*current).stdout


def test_a_store_that_cannot_be_reached_ends_with_one_message(tmp_path: Path) -> None:
    result = run("upgrade", "--store", f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    assert result.exit_code == 11
    assert "this folder does not exist" in result.stderr
