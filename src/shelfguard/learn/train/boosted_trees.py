"""Gradient-boosted trees as an ONNX graph: no pickle, and the same trees give the same bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper
from sklearn.ensemble import HistGradientBoostingClassifier

from shelfguard.errors import ModelError

Floats = npt.NDArray[np.float32]


def write_trees(model: HistGradientBoostingClassifier, features: int, path: Path) -> None:
    """Write `path`: features [pairs, features] in, log-odds [pairs, 1] out."""
    attributes: dict[str, list[Any]] = defaultdict(list)
    for number, (predictor,) in enumerate(model._predictors):
        for name, value in _nodes(number, predictor.nodes):
            attributes[name].append(value)
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["log_odds"],
        domain="ai.onnx.ml",
        n_targets=1,
        base_values=[float(model._baseline_prediction.item())],
        **attributes,
    )
    graph = helper.make_graph(
        [node],
        "boosting",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["pairs", features])],
        [helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, ["pairs", 1])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(made)
    onnx.save(made, str(path))


def _nodes(tree: int, nodes: npt.NDArray[Any]) -> Iterator[tuple[str, Any]]:
    """The attributes of one tree's nodes and leaves, under ONNX's names."""
    for number, node in enumerate(nodes):
        leaf = bool(node["is_leaf"])
        yield "nodes_treeids", tree
        yield "nodes_nodeids", number
        yield "nodes_featureids", int(node["feature_idx"])
        yield "nodes_values", 0.0 if leaf else _at_most(float(node["num_threshold"]))
        yield "nodes_modes", "LEAF" if leaf else "BRANCH_LEQ"
        yield "nodes_truenodeids", int(node["left"])
        yield "nodes_falsenodeids", int(node["right"])
        yield "nodes_missing_value_tracks_true", int(node["missing_go_to_left"])
        if leaf:
            yield "target_treeids", tree
            yield "target_nodeids", number
            yield "target_ids", 0
            yield "target_weights", float(node["value"])


def _at_most(threshold: float) -> float:
    """The highest 32-bit number that is no more: features have 32 bits, so no split moves."""
    near = np.float32(threshold)
    return float(near if near <= threshold else np.nextafter(near, np.float32(-np.inf)))


class Trees:
    """Boosted trees on ONNX Runtime.

    Raises:
        ModelError: the file holds none.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library raises classes of its own
            fix = "Train it again: shelfguard model train"
            raise ModelError(f"no trees ({error})", file=path, fix=fix) from error

    def log_odds(self, features: Floats) -> Floats:
        """Log-odds [pairs] of features [pairs, features], NaN where unknown."""
        found: Floats = self._session.run(["log_odds"], {"features": features})[0]
        return found[:, 0]
