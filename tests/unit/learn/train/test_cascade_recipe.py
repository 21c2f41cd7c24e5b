"""Gathering trained parts into one calibrated cascade."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shelfguard.errors import DataError, ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.cascade_recipe import gather, load, train
from shelfguard.learn.train.student import Document
from shelfguard.learn.train.student import train as train_student
from shelfguard.learn.train.trainer import Job
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import Calibration
from shelfguard.policy.load import load_pack
from tests.unit.learn.calibrate.parts import dataset_of, part_of
from tests.unit.learn.calibrate.test_cascade import HELD_OUT
from tests.unit.learn.rows import CLAUSE, ROWS, row
from tests.unit.policy.tinypack import TinyPack
from tests.unit.test_engine import batch


class Quiet:
    """A watch that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.logged: dict[str, float] = {}

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        self.logged |= metrics

    def say(self, message: str) -> None:
        self.said.append(message)

    def advance(self, done: int, total: int) -> None: ...


@pytest.fixture
def student(tmp_path: Path) -> Path:
    """The folder of a student that another recipe trained."""
    folder = tmp_path / "student"
    folder.mkdir()
    rows = [row for row in ROWS if row.violates in ([], [CLAUSE])]
    documents = [Document([row.title], frozenset()) for row in rows]
    targets = np.array([[bool(r.violates), r.near is not None] for r in rows], np.float32)
    train_student(documents, targets, [CLAUSE, NEAR]).save(folder / "student.npz")
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> str:
    TinyPack(tmp_path / "pack")
    return str(tmp_path / "pack")


def job(tmp_path: Path, pack: str, **settings: Any) -> Job:
    part = part_of(HELD_OUT, [row("c", "desk lamp")], [CLAUSE], "calibration")
    out = tmp_path / "out"
    out.mkdir()
    return Job(settings, 0, dataset_of(tmp_path, part, pack), out, out / "checkpoints", Quiet())


def record(pack: str) -> ModelRecord:
    return ModelRecord(
        name="cascade",
        kind="cascade",
        clauses=[CLAUSE],
        pack=pack,
        dataset="test",
        recipe={"settings": {"pack": pack}},
        seed=0,
        smoke=False,
        environment={},
        commit=None,
        files={},
    )


def test_the_cascade_scores_as_a_scan_with_it_would(
    tmp_path: Path, student: Path, pack: str
) -> None:
    asked = job(tmp_path, pack, parts={"student": str(student)})
    train(asked)
    scorer = load(asked.folder, record(pack))
    guilty, innocent = scorer.probabilities(batch("brass knuckle set", "cotton towel"))[:, 0]
    assert scorer.clauses == [CLAUSE]
    assert guilty > 0.3 > innocent


def test_the_calibration_counts_real_rows_apart_and_tells_its_exits(
    tmp_path: Path, student: Path, pack: str
) -> None:
    asked = job(tmp_path, pack, parts={"student": str(student)})
    train(asked)
    calibration = Calibration.model_validate_json((asked.folder / "calibration.json").read_bytes())
    assert (calibration.data["rows"], calibration.data["real"]) == (160, 1)
    assert isinstance(asked.watch, Quiet)
    assert any("student lets through" in line for line in asked.watch.said)
    assert asked.watch.logged["rows"] == 160


def test_without_a_student_there_is_no_cascade(tmp_path: Path, pack: str) -> None:
    with pytest.raises(DataError, match="begins with a student"):
        train(job(tmp_path, pack, parts={"encoder": "pack"}))


def test_unknown_settings_are_refused(tmp_path: Path, pack: str) -> None:
    with pytest.raises(DataError, match="settings"):
        train(job(tmp_path, pack, parts={"student": "pack"}, rounds=3))


def test_a_folder_without_its_model_is_refused(tmp_path: Path, pack: str) -> None:
    with pytest.raises(ModelError, match=r"has no student\.npz"):
        train(job(tmp_path, pack, parts={"student": str(tmp_path / "nowhere")}))


def test_a_screener_is_found_under_the_name_that_its_recipe_gave_it(
    tmp_path: Path, pack: str
) -> None:
    for folder in ("screener", "encoder", "out"):
        (tmp_path / folder).mkdir()
    for folder in ("screener", "encoder"):
        for name in ("encoder.onnx", "pieces.model", "vectors.npy"):
            (tmp_path / folder / name).write_text(f"{name} of {folder}" * ("onnx" in name) + name)
    parts = {name: str(tmp_path / name) for name in ("screener", "encoder")}
    files = gather(parts, load_pack(pack), tmp_path / "out")
    assert set(files) == {"screener", "encoder", "pieces", "vectors"}
    assert files["screener"].name == "screener.onnx"
    assert "of screener" in files["screener"].read_text()


def test_transformers_of_different_word_pieces_are_refused(tmp_path: Path, pack: str) -> None:
    for folder in ("screener", "encoder"):
        (tmp_path / folder).mkdir()
        for name in ("encoder.onnx", "pieces.model", "vectors.npy"):
            (tmp_path / folder / name).write_text(folder)
    parts = {name: str(tmp_path / name) for name in ("screener", "encoder")}
    with pytest.raises(ModelError, match="not the pieces of the other transformer"):
        gather(parts, load_pack(pack), tmp_path)
