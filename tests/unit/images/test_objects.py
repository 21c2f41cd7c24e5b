"""Objects found in pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shelfguard.errors import ModelError
from shelfguard.images.objects import FoundObject, ObjectDetector
from shelfguard.images.picture import Box
from tests.unit.images.drawing import as_picture, canvas, scene
from tests.unit.images.graphs import Floats, write_fixed
from tests.unit.models.tiny_graph import field

SIDE = 64
SURE, UNSURE, NEVER = 4.0, 0.0, -30.0


def detector(
    path: Path, cells: list[list[float]] | Floats, slope: float = 1.0, intercept: float = 0.0
) -> ObjectDetector:
    """One that says of every picture what `cells` [cells, 6] say: a box, and two logits."""
    write_fixed(path, np.array([cells], np.float32), SIDE)
    told = {"labels": json.dumps(["knife", "pistol"]), "slope": slope, "intercept": intercept}
    entries = [field(14, field(1, key) + field(2, str(value))) for key, value in told.items()]
    path.write_bytes(path.read_bytes() + b"".join(entries))
    return ObjectDetector(path)


def test_an_object_is_found_where_the_graph_says(tmp_path: Path) -> None:
    found = detector(tmp_path / "a.onnx", [[0.25, 0.5, 0.75, 1, NEVER, SURE]])
    assert found.read(as_picture(scene())).found == (
        FoundObject("pistol", 0.98201, Box(0.25, 0.5, 0.75, 1)),
    )


def test_a_box_is_told_in_shares_of_the_picture_not_of_the_padded_square(tmp_path: Path) -> None:
    found = detector(tmp_path / "a.onnx", [[0.5, 0.375, 1, 0.75, SURE, NEVER]])
    wide = as_picture(canvas(width=400, height=200)[0])
    assert found.read(wide).found[0].box == Box(0.5, 0.25, 1, 1)


def test_the_likeliest_object_comes_first(tmp_path: Path) -> None:
    cells = [[0, 0, 0.4, 0.4, UNSURE, NEVER], [0.5, 0.5, 1, 1, NEVER, SURE]]
    found = detector(tmp_path / "a.onnx", cells).read(as_picture(scene())).found
    assert [each.label for each in found] == ["pistol", "knife"]


def test_boxes_of_one_object_are_told_once_a_label(tmp_path: Path) -> None:
    cells = [[0, 0, 1, 1, SURE, UNSURE], [0, 0, 1, 0.9, UNSURE, NEVER]]
    found = detector(tmp_path / "a.onnx", cells).read(as_picture(scene())).found
    assert [each.label for each in found] == ["knife", "pistol"]


def test_scores_are_scaled_as_the_graph_asks(tmp_path: Path) -> None:
    cells = [[0, 0, 1, 1, 1.0, NEVER]]
    found = detector(tmp_path / "a.onnx", cells, 2.0, -2.0).read(as_picture(scene())).found
    assert found[0].score == pytest.approx(0.5)


def test_nothing_is_found_where_nothing_is_likely(tmp_path: Path) -> None:
    found = detector(tmp_path / "a.onnx", [[0, 0, 1, 1, NEVER, NEVER]])
    assert found.read(as_picture(scene())).found == ()


def test_a_graph_that_names_no_labels_is_refused(tmp_path: Path) -> None:
    graph = write_fixed(tmp_path / "a.onnx", np.zeros((1, 3, 6), np.float32), SIDE)
    with pytest.raises(ModelError, match="no object detector"):
        ObjectDetector(graph)


def test_another_graph_has_another_version(tmp_path: Path) -> None:
    one = detector(tmp_path / "a.onnx", [[0, 0, 1, 1, SURE, NEVER]])
    other = detector(tmp_path / "b.onnx", [[0, 0, 1, 1, NEVER, SURE]])
    assert one.version != other.version


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


@settings(max_examples=50, deadline=None)
@given(
    arrays(np.float32, (8, 6), elements=st.floats(-3, 3, width=32)),
    st.tuples(st.integers(1, 80), st.integers(1, 80)),
)
def test_every_box_lies_in_the_picture(folder: Path, cells: Floats, size: tuple[int, int]) -> None:
    picture = as_picture(canvas(width=size[0], height=size[1])[0])
    found = detector(folder / "any.onnx", cells).read(picture).found
    for each in found:
        assert 0 <= each.box.left < each.box.right <= 1
        assert 0 <= each.box.top < each.box.bottom <= 1
        assert 0 <= each.score <= 1
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)
