"""`shelfguard model export`."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from shelfguard.cli.model_export import export


def run(*options: str) -> Result:
    app = typer.Typer()
    app.command()(export)
    return CliRunner().invoke(app, options)


def test_it_tells_what_was_written_and_what_was_there(tmp_path: Path) -> None:
    first = run("--target", "triton", "--out", str(tmp_path), "--instances", "2")
    assert first.exit_code == 0, first.output
    assert f"{tmp_path}/python/shelfguard-encoder: version 1 written" in first.output
    assert "count: 2" in (tmp_path / "python/shelfguard-encoder/config.pbtxt").read_text("utf-8")
    again = run("--target", "triton", "--out", str(tmp_path))
    assert f"{tmp_path}/onnxruntime/shelfguard-screener: version 1 is there already" in again.output


def test_another_kind_of_server_is_refused(tmp_path: Path) -> None:
    assert run("--target", "torchserve", "--out", str(tmp_path)).exit_code == 2
