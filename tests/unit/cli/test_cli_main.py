"""The command line: help that is quick, and one message an error."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

from shelfguard import __version__
from shelfguard.cli.main import Messages, app
from shelfguard.cli.scan_options import Severity
from shelfguard.decision import Outcome
from shelfguard.errors import (
    FeedError,
    FindingsError,
    ModelError,
    PackError,
    RunError,
    ShelfguardError,
)
from tests.unit.report.scan_folder import write_folder


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"shelfguard {__version__}\n")


@pytest.mark.parametrize("command", ["scan", "explain", "replay"])
def test_help_of_every_command_has_examples(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Examples" in result.stdout
    assert f"shelfguard {command}" in result.stdout


def test_help_loads_nothing_heavy() -> None:
    heavy = {"pyarrow", "numpy", "onnxruntime", "altair", "pydantic", "lxml"}
    code = "import sys, shelfguard.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.returncode == 0
    assert not heavy & set(loaded.stdout.split())


def test_fail_on_knows_every_outcome_but_allow() -> None:
    assert get_args(Severity) == tuple(o.value for o in Outcome if o is not Outcome.ALLOW)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ShelfguardError, 1),
        (FeedError, 3),
        (PackError, 4),
        (ModelError, 5),
        (RunError, 6),
        (FindingsError, 7),
    ],
)
def test_each_kind_of_error_is_one_message_and_its_own_code(
    kind: type[ShelfguardError], code: int
) -> None:
    result = CliRunner().invoke(_raising(kind("is empty", file="f.csv", fix="Export it.")), ["go"])
    assert result.exit_code == code
    assert result.stderr == "shelfguard: f.csv: is empty. Export it.\n"


def test_an_error_cannot_steer_the_terminal(tmp_path: Path) -> None:
    listing = {"id": "A-\x1b]0;owned\x07", "title": {"en": "Mug"}}
    out = str(write_folder(tmp_path, [(listing, [])]))
    said = CliRunner().invoke(app, ["explain", out, "A-]0;owned"]).stderr
    assert "Nearest: A-[U+001B]]0;owned[U+0007]" in said


def test_a_full_disk_is_a_message_too() -> None:
    result = CliRunner().invoke(_raising(OSError(28, "No space left on device", "out/x")), ["go"])
    assert result.exit_code == 6
    assert result.stderr == "shelfguard: out/x: No space left on device\n"


def test_interruption_has_the_code_of_shells() -> None:
    assert CliRunner().invoke(_raising(KeyboardInterrupt()), ["go"]).exit_code == 130


def _raising(error: BaseException) -> typer.Typer:
    failing = typer.Typer(cls=Messages)

    @failing.callback()
    def options() -> None: ...

    @failing.command()
    def go() -> None:
        raise error

    return failing
