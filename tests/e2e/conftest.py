"""The command line on a tiny pack with a real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.policy.tinypack import TinyPack
from typer.testing import CliRunner, Result

from shelfguard.cli.main import app

Scan = Callable[..., Result]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack that sends listings with the words `brass knuckles` to review."""
    tiny = TinyPack(tmp_path / "pack")
    for name in ("pack.yaml", "clauses/CA-WPN-001.yaml"):
        tiny.edit(name, "[lexicon, text]", "[lexicon]")
    tiny.write("lexicons/CA-WPN-001.en.txt", "brass knuckles\n")
    return tiny.root


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def scan(pack: Path, out: Path) -> Scan:
    """Scans a feed into `out` under the tiny pack, with more options if given."""

    def run(feed: Path, *options: str) -> Result:
        arguments = ["scan", str(feed), "--out", str(out), "--pack", str(pack), *options]
        return CliRunner().invoke(app, arguments)

    return run
