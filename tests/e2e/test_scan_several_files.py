"""What a person gets from `shelfguard scan` over several files, and over a cluster."""

import json
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Scan
from typer.testing import CliRunner

from shelfguard.cli.main import app


@pytest.fixture
def feeds(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "a.csv").write_text("id,title\na-1,Oak chair\na-2,Brass knuckles gold\n")
    (folder / "b.csv").write_text("id,title\nb-1,Lamp\nb-2,\nb-3,Brass knuckles\n")
    return sorted(folder.iterdir())


def test_several_files_are_one_scan(scan: Scan, feeds: list[Path], out: Path) -> None:
    result = scan(feeds[0], str(feeds[1]))
    assert result.exit_code == 0, result.stderr
    assert "Read 5 = decided 4 + quarantined 1." in result.stdout
    record = json.loads((out / "run.json").read_text())
    assert [feed["uri"] for feed in record["feeds"]] == [str(feed) for feed in feeds]
    assert record["feed"]["uri"] == str(feeds[0].parent)
    assert ">feeds<" in (out / "report.html").read_text()


def test_a_folder_is_its_files(scan: Scan, feeds: list[Path]) -> None:
    record = json.loads(scan(feeds[0].parent, "--json").stdout)
    assert (record["counts"]["read"], record["engine"]) == (5, "local")


@pytest.mark.parametrize("listing_id", ["a-2", "b-1", "b-3"])
def test_a_listing_of_any_file_is_explained_and_replayed(
    scan: Scan, feeds: list[Path], out: Path, listing_id: str
) -> None:
    scan(feeds[0].parent)
    said = CliRunner().invoke(app, ["explain", str(out), listing_id])
    assert said.exit_code == 0
    again = CliRunner().invoke(app, ["replay", str(out), listing_id])
    assert (again.exit_code, again.stdout) == (0, "identical\n")


@pytest.mark.parametrize(("engine", "package"), [("ray", "ray"), ("spark", "pyspark.sql")])
def test_an_engine_that_is_not_installed_is_told(
    scan: Scan, feeds: list[Path], monkeypatch: pytest.MonkeyPatch, engine: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = scan(feeds[0], "--engine", engine)
    assert result.exit_code == 6
    assert f"pip install 'shelfguard[{engine}]'" in result.stderr


def test_a_table_format_that_is_not_installed_is_told(
    scan: Scan, feeds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    result = scan(feeds[0], "--table", "delta")
    assert result.exit_code == 6
    assert "pip install 'shelfguard[delta]'" in result.stderr


def test_pictures_are_not_looked_at_on_a_cluster(scan: Scan, feeds: list[Path]) -> None:
    result = scan(feeds[0], "--engine", "spark", "--images")
    assert result.exit_code == 6
    assert "pictures are looked at on this machine alone" in result.stderr
