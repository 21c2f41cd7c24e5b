"""Every command of docs/known-pictures.md, run in its order on pictures drawn for it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("pdqhash")
pytest.importorskip("httpcore2")

from shelfguard.cli.main import app
from tests.unit.images.drawing import scene
from tests.unit.images.exchange.test_lines import ONE, TWO

DOC = Path(__file__).resolve().parents[3] / "docs/known-pictures.md"
TEXT = DOC.read_text("utf-8").replace("\\\n", " ")
COMMANDS = [shlex.split(line) for line in re.findall(r"^    shelfguard (.+)$", TEXT, re.MULTILINE)]

DELIVERY = f"""signal_type,signal_str,collab,category,tags
pdq,{ONE},recalls,POSITIVE_CLASS,crib
pdq,{TWO},recalls,DISPUTED,
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the page takes for granted: a feed with pictures, folders of some, a delivery."""
    for folder in ("photos", "placeholders"):
        (tmp_path / folder).mkdir()
    scene(seed=0).save(tmp_path / "photos/another_model.png")
    scene(seed=1).save(tmp_path / "photos/crib.png")
    scene(seed=2).save(tmp_path / "placeholders/to_come.png")
    rows = ["id,title,image_link", "1,A crib,photos/crib.png", "2,A cot,photos/crib.png"]
    (tmp_path / "feed.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "collab.csv").write_text(DELIVERY, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shelfguard.cli.images_input.CACHE", tmp_path / "cache")
    return tmp_path


def test_the_commands_about_pictures_run(shop: Path) -> None:
    said = {}
    for command in COMMANDS:
        if command[0] == "images":
            result = CliRunner().invoke(app, command)
            assert result.exit_code == 0, f"{command}: {result.output}"
            said[shlex.join(command)] = result.stdout
    assert "Known: 2." in said["images match hashes.parquet --bank banks/recalled"]
    assert "Groups: 1." in said["images repeated hashes.parquet"]
    assert (shop / "recalled.json").exists()


def test_a_scan_has_the_options_that_the_page_gives_it() -> None:
    scans = [command for command in COMMANDS if command[0] == "scan"]
    assert scans
    shown = CliRunner().invoke(app, ["scan", "--help"], env={"COLUMNS": "200"}).stdout
    for command in scans:
        options = [word for word in command if word.startswith("--")]
        assert [option for option in options if option not in shown] == []
