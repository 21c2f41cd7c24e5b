"""Graphs that do not fit are refused with words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.images.network import Network
from tests.unit.images.graphs import write_fixed, write_mean_colour


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match="no model"):
        Network(tmp_path / "none.onnx", (1, 3, 8, 8), (1, 3))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        Network(tmp_path / "missing.onnx", (1, 3, 8, 8), (1, 3))


def test_a_graph_for_pictures_of_another_size_is_refused(tmp_path: Path) -> None:
    graph = write_mean_colour(tmp_path / "mean.onnx", side=16)
    with pytest.raises(ModelError, match="not one tensor of shape 1 x 3 x 8 x 8"):
        Network(graph, (1, 3, 8, 8), (1, 3))


def test_an_output_that_the_graph_lacks_is_refused(tmp_path: Path) -> None:
    graph = write_mean_colour(tmp_path / "mean.onnx", side=8)
    with pytest.raises(ModelError, match="no output pooled, only found"):
        Network(graph, (1, 3, 8, 8), (1, 3), output="pooled")


def test_an_output_of_another_shape_is_refused(tmp_path: Path) -> None:
    graph = write_fixed(tmp_path / "fixed.onnx", np.zeros((1, 5), np.float32), side=8)
    network = Network(graph, (1, 3, 8, 8), (1, 4))
    with pytest.raises(ModelError, match=r"gives \[1, 5\], not 1 x 4"):
        network.run(np.zeros((1, 3, 8, 8), np.float32))


def test_the_version_follows_the_file(tmp_path: Path) -> None:
    shapes = (1, 3, 8, 8), (1, 5)
    one = write_fixed(tmp_path / "one.onnx", np.zeros((1, 5), np.float32), side=8)
    other = write_fixed(tmp_path / "other.onnx", np.ones((1, 5), np.float32), side=8)
    assert Network(one, *shapes).version == Network(one, *shapes).version
    assert Network(one, *shapes).version != Network(other, *shapes).version
