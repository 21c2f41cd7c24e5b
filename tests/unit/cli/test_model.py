"""`shelfguard model train|list|show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("mlflow")

from shelfguard.cli.main import app
from shelfguard.learn.model import read_record
from tests.unit.learn.dataset_fixture import write_dataset
from tests.unit.learn.train.stores import quiet, store

__all__ = ["store"]

pytestmark = quiet

RECIPE = """\
name: words
kind: tfidf
about: A test.
settings: {strength: 10.0}
smoke: {strength: 1.0}
"""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["model", *map(str, words)])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dataset and a recipe."""
    folder = tmp_path_factory.mktemp("room")
    write_dataset(folder / "data")
    (folder / "words.yaml").write_text(RECIPE)
    return folder


@pytest.fixture(scope="module")
def trained(room: Path, store: str) -> Path:
    out = room / "model"
    asked = ("--recipe", room / "words.yaml", "--data", room / "data", "--out", out)
    result = run("train", *asked, "--tracking", store, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["digest"] == read_record(out).digest
    return out


def test_a_trained_model_is_shown(trained: Path) -> None:
    shown = run("show", trained)
    assert shown.exit_code == 0
    assert "words (tfidf)" in shown.stdout
    assert json.loads(run("show", trained, "--json").stdout)["name"] == "words"


def test_runs_are_listed(trained: Path, store: str) -> None:
    listed = run("list", "--tracking", store)
    assert listed.exit_code == 0
    assert "finished" in listed.stdout
    (found,) = json.loads(run("list", "--tracking", store, "--json").stdout)["runs"]
    assert (found["name"], found["kind"], found["status"]) == ("words", "tfidf", "finished")
    assert found["dataset"] == read_record(trained).dataset


def test_a_registered_version_is_listed_with_its_aliases(trained: Path, store: str) -> None:
    import mlflow

    client = mlflow.MlflowClient(store, store)
    client.create_registered_model("ca-marketplace")
    version = client.create_model_version("ca-marketplace", trained.as_uri(), tags={"dataset": "d"})
    client.set_registered_model_alias("ca-marketplace", "champion", version.version)
    (found,) = json.loads(run("list", "--tracking", store, "--json").stdout)["registered"]
    assert (found["version"], found["aliases"], found["dataset"]) == (1, ["champion"], "d")
    assert "champion" in run("list", "--tracking", store).stdout


def test_without_a_store_nothing_is_listed(tmp_path: Path) -> None:
    listed = run("list", "--tracking", f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert listed.exit_code == 0
    assert "No training runs" in listed.stdout


def test_the_environment_names_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'own.db'}")
    assert "own.db" in json.loads(run("list", "--json").stdout)["tracking"]


def test_a_mistake_in_a_recipe_is_one_message(room: Path, store: str) -> None:
    (room / "bad.yaml").write_text(RECIPE.replace("strength: 10", "strenght: 10"))
    asked = ("--recipe", room / "bad.yaml", "--data", room / "data", "--out", room / "x")
    result = run("train", *asked, "--tracking", store)
    assert result.exit_code == 8
    assert "bad.yaml:4: field 'settings.strenght': unknown key" in result.stderr


def test_a_changed_file_is_noticed(trained: Path) -> None:
    with (trained / "terms.json").open("a") as file:
        file.write(" ")
    assert run("show", trained).exit_code == 5
