"""The webhook commands: dead letters back into the store, and signatures checked."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shelfguard.cli.webhooks import app
from shelfguard.errors import FindingsError, ServeError
from shelfguard.serve.webhooks.dead_letters import bury
from shelfguard.serve.webhooks.signature import read_secret, sign
from shelfguard.store.database import connect, reading
from shelfguard.store.deliveries import Delivery, waiting

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def run(*arguments: str | Path, body: bytes = b"") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=body)


def test_dead_letters_go_back_into_the_store(tmp_path: Path) -> None:
    dead, url = tmp_path / "dead-letters.jsonl", f"sqlite:///{tmp_path / 'store.db'}"
    bury(dead, Delivery.new("msg_1", "desk", "{}"), "answered 410", datetime.now(UTC))
    result = run("resend", dead, "--store", url)
    assert result.output == "1 event will be sent again.\n"
    engine = connect(url)
    with reading(engine) as connection:
        assert waiting(connection) == {"desk": 1}
    engine.dispose()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    result = run("resend", tmp_path / "gone", "--store", f"sqlite:///{tmp_path / 'store.db'}")
    assert isinstance(result.exception, ServeError)


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "desk.secret"
    file.write_text(f"{SECRET}\n")
    return file


def headers(body: bytes) -> list[str]:
    signed = sign([read_secret(SECRET)], "msg_1", int(time.time()), body)
    return [part for name, value in signed.items() for part in ("-H", f"{name.title()}: {value}")]


def test_a_signature_that_fits_is_said_to(secret_file: Path) -> None:
    result = run("verify", "--secret-file", secret_file, *headers(b"{}\n"), body=b"{}\n")
    assert (result.exit_code, result.output) == (0, "The signature fits.\n")


def test_one_that_does_not_fit_is_an_error(secret_file: Path) -> None:
    result = run("verify", "--secret-file", secret_file, *headers(b"{}\n"), body=b"{}")
    assert isinstance(result.exception, FindingsError)


def test_a_file_that_holds_no_secret_is_named(secret_file: Path) -> None:
    secret_file.write_text("secret")
    result = run("verify", "--secret-file", secret_file, *headers(b""))
    assert str(secret_file) in str(result.exception)
