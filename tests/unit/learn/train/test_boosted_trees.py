"""Boosted trees written as an ONNX graph say what scikit-learn says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

pytest.importorskip("onnx")

from shelfguard.errors import ModelError
from shelfguard.learn.train.boosted_trees import Trees, write_trees


@pytest.fixture(scope="module")
def trees() -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    rng = np.random.default_rng(7)
    features = rng.normal(size=(400, 4)).astype(np.float32)
    features[:, 1] = np.rint(features[:, 1])
    features[::9, 2] = np.nan
    truth = features[:, 0] + features[:, 1] + np.nan_to_num(features[:, 2], nan=2) > 0
    model = HistGradientBoostingClassifier(max_iter=20, random_state=7)
    return model.fit(features, truth), features


def test_the_graph_scores_as_the_model_does(
    trees: tuple[HistGradientBoostingClassifier, np.ndarray], tmp_path: Path
) -> None:
    model, features = trees
    write_trees(model, 4, tmp_path / "trees.onnx")
    found = Trees(tmp_path / "trees.onnx").log_odds(features)
    np.testing.assert_allclose(found, model.decision_function(features), atol=1e-5)


def test_values_on_a_split_stay_on_its_side(
    trees: tuple[HistGradientBoostingClassifier, np.ndarray], tmp_path: Path
) -> None:
    model, _ = trees
    nodes = [node for (predictor,) in model._predictors for node in predictor.nodes]
    splits = np.array([n["num_threshold"] for n in nodes if not n["is_leaf"]], np.float32)
    near = np.concatenate([splits, np.nextafter(splits, np.float32(np.inf))])
    features = np.repeat(near[:, None], 4, axis=1)
    write_trees(model, 4, tmp_path / "trees.onnx")
    found = Trees(tmp_path / "trees.onnx").log_odds(features)
    np.testing.assert_allclose(found, model.decision_function(features), atol=1e-5)


def test_the_same_trees_give_the_same_bytes(
    trees: tuple[HistGradientBoostingClassifier, np.ndarray], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write_trees(trees[0], 4, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_file_without_trees_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "trees.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match="no trees"):
        Trees(tmp_path / "trees.onnx")
