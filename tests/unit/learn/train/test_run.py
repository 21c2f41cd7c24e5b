"""A whole training, from a recipe to a model folder and a run in MLflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mlflow")

from shelfguard.errors import DataError, ModelError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import TRAINERS, ModelRecord, load_scorer, read_record
from shelfguard.learn.train.recipe import Kind, Recipe
from shelfguard.learn.train.run import CHECKPOINTS, run_recipe
from shelfguard.learn.train.tracking import Tracking
from shelfguard.learn.train.trainer import Job
from tests.unit.learn.dataset_fixture import CLAUSES, Example, examples, write_dataset
from tests.unit.learn.train.stores import quiet, store

__all__ = ["store"]

pytestmark = quiet


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write_dataset(tmp_path_factory.mktemp("data"))


def recipe(kind: Kind, **settings: Any) -> Recipe:
    return Recipe(name=f"test-{kind}", kind=kind, about="A test.", settings=settings)


QUICK: list[tuple[Kind, dict[str, Any]]] = [
    ("tfidf", {}),
    ("student", {}),
    ("boosting", {"trees": 10, "least_leaf": 2}),
]


@pytest.mark.parametrize(("kind", "settings"), QUICK, ids=[kind for kind, _ in QUICK])
def test_one_seed_gives_one_digest_and_a_model_that_ranks(
    kind: Kind, settings: dict[str, Any], dataset: Dataset, store: str, tmp_path: Path
) -> None:
    asked = recipe(kind, **settings)
    records = [
        run_recipe(asked, dataset, tmp_path / name, tracking_uri=store) for name in ("a", "b")
    ]
    assert records[0].digest == records[1].digest
    assert not (tmp_path / "a" / CHECKPOINTS).exists()
    scorer = load_scorer(tmp_path / "a")
    assert scorer.clauses == CLAUSES
    found = scorer.probabilities(dataset.test.batch)
    known = ~np.isnan(dataset.test.targets)
    truth = dataset.test.targets[known] >= 0.5
    assert found.dtype == np.float32
    assert found.shape == dataset.test.targets.shape
    assert found[known][truth].min() > found[known][~truth].max()


def test_one_seed_gives_one_transformer(dataset: Dataset, store: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    asked = recipe("transformer", pieces="ca-marketplace", layers=1, frozen=0, epochs=1)
    digests = {
        run_recipe(asked, dataset, tmp_path / name, tracking_uri=store).digest for name in "ab"
    }
    assert len(digests) == 1


def test_fasttext_learns_and_is_read_back(dataset: Dataset, store: str, tmp_path: Path) -> None:
    asked = recipe("fasttext", epoch=50, dim=20, bucket=5000)
    run_recipe(asked, dataset, tmp_path / "a", tracking_uri=store)
    found = load_scorer(tmp_path / "a").probabilities(dataset.test.batch)
    titles = [row["title"]["en"] for row in dataset.test.batch.records()]
    cures = [title.startswith("tea") for title in titles]
    assert found[cures, 0].min() > found[np.invert(cures), 0].max()


def test_an_empty_batch_has_no_scores(dataset: Dataset, store: str, tmp_path: Path) -> None:
    for kind, settings in QUICK:
        run_recipe(recipe(kind, **settings), dataset, tmp_path / kind, tracking_uri=store)
        empty = dataset.test.batch.slice(0, 0)
        assert load_scorer(tmp_path / kind).probabilities(empty).shape == (0, 2)


@pytest.fixture(scope="module")
def trained(
    dataset: Dataset, store: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ModelRecord]:
    folder = tmp_path_factory.mktemp("models") / "a"
    record = run_recipe(recipe("tfidf"), dataset, folder, smoke=True, tracking_uri=store)
    return folder, record


def test_the_record_says_what_the_model_was_made_from(
    dataset: Dataset, trained: tuple[Path, ModelRecord]
) -> None:
    folder, record = trained
    assert read_record(folder) == record
    assert record.dataset == dataset.id
    assert record.pack == dataset.manifest.pack
    assert record.smoke
    assert record.recipe["kind"] == "tfidf"
    assert {"python", "numpy", "scikit-learn", "platform", "threads"} <= record.environment.keys()
    assert set(record.files) == {"terms.json", "weights.npz"}
    assert record.metrics["held_out_average_precision"] == 1
    assert record.metrics["seconds"] > 0


def test_the_run_in_mlflow_says_the_same(trained: tuple[Path, ModelRecord], store: str) -> None:
    import mlflow

    folder, record = trained
    client = mlflow.MlflowClient(store, store)
    experiment = client.get_experiment_by_name("training")
    assert experiment
    run = client.search_runs([experiment.experiment_id], "tags.smoke = 'true'")[0]
    assert run.info.status == "FINISHED"
    assert run.data.params["strength"] == "100.0"
    assert run.data.params["style.share"] == "0.0"
    assert run.data.params["seed"] == str(record.seed)
    assert run.data.metrics["held_out_average_precision"] == 1
    assert run.data.tags["dataset"] == record.dataset
    assert run.data.tags["commit"] == (record.commit or "unknown")
    assert run.data.tags["environment.python"] == record.environment["python"]
    assert run.inputs
    assert run.inputs.dataset_inputs[0].dataset.digest == record.dataset[:36]
    kept = Path(run.info.artifact_uri.removeprefix("file://")) / "model"
    for name in ("model.json", *record.files):
        assert (kept / name).read_bytes() == (folder / name).read_bytes()


def test_runs_are_listed_newest_first(trained: tuple[Path, ModelRecord], store: str) -> None:
    runs = Tracking(store).runs(100)
    assert [run.started for run in runs] == sorted((r.started for r in runs), reverse=True)
    assert {"test-tfidf"} <= {run.name for run in runs}


def test_a_question_makes_no_store(tmp_path: Path) -> None:
    tracking = Tracking(f"sqlite:///{tmp_path / 'none.db'}")
    assert (tracking.runs(5), tracking.registered(5)) == ([], [])
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(
    trained: tuple[Path, ModelRecord], dataset: Dataset, store: str
) -> None:
    folder, record = trained
    with pytest.raises(ModelError, match="not empty"):
        run_recipe(recipe("tfidf"), dataset, folder, tracking_uri=store)
    assert read_record(folder) == record


def test_a_dataset_without_violations_is_a_clear_error(store: str, tmp_path: Path) -> None:
    empty = write_dataset(tmp_path / "data", [Example(f"towel {n}", {}) for n in range(20)])
    for kind, settings in QUICK:
        with pytest.raises(DataError, match="no violation to learn from"):
            run_recipe(recipe(kind, **settings), empty, tmp_path / kind, tracking_uri=store)


def test_a_clause_that_nothing_violates_gets_low_probabilities(store: str, tmp_path: Path) -> None:
    rows = [row for row in examples() if CLAUSES[0] not in row.judged]
    lopsided = write_dataset(tmp_path / "data", rows)
    for kind, settings in QUICK:
        run_recipe(recipe(kind, **settings), lopsided, tmp_path / kind, tracking_uri=store)
        found = load_scorer(tmp_path / kind).probabilities(lopsided.test.batch)
        assert found[:, 0].max() < 0.5, kind


STARTS: list[str] = []


def interrupted(job: Job) -> None:
    """A trainer that falls over in its second step the first time, and leaves a checkpoint."""
    checkpoint = job.checkpoints / "step"
    STARTS.append(checkpoint.read_text() if checkpoint.exists() else "from the beginning")
    job.watch.log({"loss": 1.0}, 1)
    if not checkpoint.exists():
        checkpoint.write_text("from step 1")
        raise KeyboardInterrupt
    (job.folder / "weights").write_bytes(b"w")


@pytest.fixture
def falling(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    monkeypatch.setitem(TRAINERS, "cascade", f"{__name__}:interrupted")
    STARTS.clear()
    return recipe("cascade", depth=1)


def test_an_interrupted_run_goes_on_under_the_same_run_in_mlflow(
    falling: Recipe, dataset: Dataset, store: str, tmp_path: Path
) -> None:
    out = tmp_path / "model"
    with pytest.raises(KeyboardInterrupt):
        run_recipe(falling, dataset, out, tracking_uri=store)
    with pytest.raises(ModelError, match="unfinished run") as refusal:
        run_recipe(falling, dataset, out, tracking_uri=store)
    assert "--resume" in str(refusal.value)
    before: Mapping[str, Any] = json.loads((out / CHECKPOINTS / "run.json").read_bytes())
    record = run_recipe(falling, dataset, out, tracking_uri=store, resume=True)
    assert STARTS == ["from the beginning", "from step 1"]
    assert set(record.files) == {"weights"}
    ours = [run for run in Tracking(store).runs(100) if run.name == falling.name]
    assert [(run.id, run.status) for run in ours] == [(before["run_id"], "finished")]


def test_a_run_of_another_recipe_does_not_go_on(
    falling: Recipe, dataset: Dataset, store: str, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_recipe(falling, dataset, tmp_path / "model", tracking_uri=store)
    other = falling.model_copy(update={"seed": 5})
    with pytest.raises(ModelError, match="another recipe or dataset"):
        run_recipe(other, dataset, tmp_path / "model", tracking_uri=store, resume=True)


def test_a_run_that_fails_is_told_as_failed(dataset: Dataset, store: str, tmp_path: Path) -> None:
    broken = recipe("student", pack=str(tmp_path / "no-pack")).model_copy(update={"name": "broken"})
    with pytest.raises(Exception, match="no such pack"):
        run_recipe(broken, dataset, tmp_path / "model", tracking_uri=store)
    assert [run.status for run in Tracking(store).runs(100) if run.name == "broken"] == ["failed"]
    sound = recipe("student")
    run_recipe(sound, dataset, tmp_path / "model", tracking_uri=store)
