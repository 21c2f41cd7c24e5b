"""From teachers to a student that can be loaded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mlflow")

from shelfguard.errors import DataError, PackError
from shelfguard.learn.compress import distil as module
from shelfguard.learn.compress.distil import (
    LOSS,
    Distillation,
    distil,
    read_distillation,
)
from shelfguard.learn.compress.soften import soften
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import load_scorer, read_record
from tests.unit.learn.compress.test_soft_labels import Silent, Words, teacher
from tests.unit.learn.dataset_fixture import CLAUSES, write_dataset

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")
"""MLflow asks SQLAlchemy in ways that it is about to drop."""

HEALTH, WEAPON = CLAUSES
RECIPE = """\
name: tiny-student
kind: student
about: A student of a teacher that knows one word.
teachers: {words: 1.0}
gold_share: 0.5
settings: {pack: ca-marketplace, catalog_rows: 10}
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write_dataset(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def soft(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return soften(dataset, [teacher()], 1.0, 0.5, tmp_path_factory.mktemp("cache"), Silent())


def column(dataset: Dataset, kind: str, split: str = "train") -> list[float]:
    """The targets of the weapons clause on rows of one kind."""
    part = dataset.everything
    rows = zip(part.column("kind"), part.column("split"), part.targets[:, 1], strict=True)
    return sorted({round(float(p), 3) for k, s, p in rows if (k, s) == (kind, split)})


def test_people_and_teachers_are_mixed_where_both_spoke(soft: Dataset) -> None:
    assert column(soft, "positive") == [0.05, 0.95]
    assert column(soft, "hard_negative") == [0.05]


def test_of_a_catalog_the_teachers_alone_speak(soft: Dataset) -> None:
    """Nobody looked at its rows: that they are presumed innocent is no label."""
    assert column(soft, "catalog") == [0.1]


def test_of_a_clause_that_no_teacher_knows_people_alone_speak(
    dataset: Dataset, soft: Dataset
) -> None:
    before, after = (d.everything.targets[:, 0] for d in (dataset, soft))
    assert np.array_equal(before, after, equal_nan=True)


def test_held_out_rows_keep_what_people_said(dataset: Dataset, soft: Dataset) -> None:
    for part in ("calibration", "test"):
        before, after = getattr(dataset, part), getattr(soft, part)
        assert np.array_equal(before.targets, after.targets, equal_nan=True)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Distillation:
    file = tmp_path_factory.mktemp("recipe") / "tiny.yaml"
    file.write_text(RECIPE)
    return read_distillation(file)


@pytest.fixture(scope="module")
def folder(
    dataset: Dataset, recipe: Distillation, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A student distilled from a teacher that knows one clause."""
    root = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{root}/mlflow.db")
        patch.setattr(module, "load_teachers", lambda *_: [teacher(Words())])
        distil(recipe, dataset, root / "student", root / "cache")
    return root / "student"


def test_a_distilled_student_is_a_model_like_any_other(folder: Path, dataset: Dataset) -> None:
    scorer = load_scorer(folder)
    assert scorer.clauses == CLAUSES
    part = dataset.test
    found = scorer.probabilities(part.batch)[:, 1]
    said = np.nan_to_num(part.targets[:, 1])
    assert found[said == 1].min() > found[said == 0].max()


def test_its_record_says_who_taught_it_and_what_it_lost(folder: Path) -> None:
    record = read_record(folder)
    assert record.recipe["teachers"] == {"words": 1.0}
    assert LOSS in record.files
    assert record.metrics["kept_at_0.2"] == 1.0
    told = json.loads((folder / LOSS).read_text())
    assert told["teachers"] == [{"name": "words", "digest": "d1" * 32, "weight": 1.0}]
    assert told["flagged"]["0.2"]["worst"]["clause"] == WEAPON


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("kind: student", "kind: tfidf"), "tfidf models are not distilled"),
        (("teachers: {words: 1.0}", "teachers: {}"), "teachers"),
        (("gold_share: 0.5", "gold_share: 2"), "gold_share"),
        (("catalog_rows: 10", "depth: 3"), "depth"),
        (("kind: student", "kinds: student"), "kinds"),
    ],
)
def test_a_recipe_that_breaks_its_schema_is_refused(
    change: tuple[str, str], problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(RECIPE.replace(*change))
    with pytest.raises((DataError, PackError), match=problem):
        read_distillation(file)


@pytest.mark.parametrize("name", ["distilled-student", "distilled-screener"])
def test_the_shipped_recipes_are_sound(name: str) -> None:
    pytest.importorskip("torch")
    recipe = read_distillation(Path("recipes") / f"{name}.yaml")
    assert recipe.name == name
    assert recipe.with_teachers({"models/judge": 0.5}).teachers == {"models/judge": 0.5}
    assert recipe.with_teachers({}) == recipe
