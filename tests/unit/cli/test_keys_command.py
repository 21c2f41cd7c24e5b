"""The command that makes, lists and revokes keys of the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from shelfguard.cli import keys as command
from shelfguard.cli.main import Messages
from shelfguard.store import keys
from shelfguard.store.database import connect, reading

app = typer.Typer(cls=Messages)
app.add_typer(command.app, name="keys")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments])


def create(store: str, *options: str) -> Any:
    made = run(
        "create", "--name", "shop", "--scope", "decide", "--store", store, "--json", *options
    )
    assert made.exit_code == 0, made.output
    return json.loads(made.stdout)


def opens(store: str, token: str) -> bool:
    engine = connect(store)
    with reading(engine) as connection:
        key = keys.verify(connection, token)
    engine.dispose()
    return key is not None


@pytest.mark.parametrize("name", ["create", "list", "revoke"])
def test_help_has_examples(name: str) -> None:
    assert f"shelfguard keys {name}" in run(name, "--help").stdout


def test_only_the_token_goes_to_standard_output(store: str) -> None:
    made = run("create", "--name", "shop", "--scope", "read", "--scope", "admin", "--store", store)
    assert opens(store, made.stdout.strip())
    assert "not shown again" in made.stderr


def test_a_listed_key_has_no_token(store: str) -> None:
    made = create(store, "--scope", "read", "--days", "90")
    token = made.pop("token")
    (listed,) = json.loads(run("list", "--store", store, "--json").stdout)
    assert listed == made
    assert listed["scopes"] == ["decide", "read"]
    assert listed["expires"] > listed["created"]
    shown = run("list", "--store", store).stdout
    assert made["id"] in shown
    assert token not in shown


def test_a_revoked_key_opens_nothing(store: str) -> None:
    made = create(store)
    assert opens(store, made["token"])
    assert run("revoke", made["id"], "--store", store).stdout == f"Key {made['id']} is revoked.\n"
    assert not opens(store, made["token"])


def test_an_unknown_key_ends_with_one_message(store: str) -> None:
    result = run("revoke", "abc", "--store", store)
    assert result.exit_code == 11
    assert "there is no key 'abc'" in result.stderr


def test_an_unknown_scope_is_refused(store: str) -> None:
    assert run("create", "--name", "a", "--scope", "all", "--store", store).exit_code == 2
    assert run("create", "--name", " ", "--scope", "read", "--store", store).exit_code == 11
