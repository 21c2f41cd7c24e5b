"""Boxes of a detector that the operator brings."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.images.body_parts import BodyPartDetector, BodyParts
from shelfguard.images.picture import Box
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.graphs import write_fixed

LABELS = ("face", "hand")


def read(folder: Path, *boxes: tuple[float, ...], width: int = 320, height: int = 320) -> BodyParts:
    """What comes of boxes: middle, width and height on 320 pixels, and a probability a label."""
    output = np.array(boxes, np.float32).T[None]
    detector = BodyPartDetector(write_fixed(folder / "boxes.onnx", output), LABELS)
    return detector.read(as_picture(canvas("white", width, height)[0]))


def test_a_box_is_named_and_placed(tmp_path: Path) -> None:
    (part,) = read(tmp_path, (160, 80, 80, 40, 0.9, 0.0)).parts
    assert (part.label, part.probability) == ("face", 0.9)
    assert part.box == Box(0.375, 0.1875, 0.625, 0.3125)


def test_a_wide_picture_is_padded_and_boxes_are_placed_on_the_picture(tmp_path: Path) -> None:
    (part,) = read(tmp_path, (160, 160, 160, 80, 0.0, 0.8), width=640, height=320).parts
    assert part.label == "hand"
    assert part.box == Box(0.25, 0.25, 0.75, 0.75)


def test_boxes_end_with_the_picture(tmp_path: Path) -> None:
    (part,) = read(tmp_path, (10, 310, 60, 60, 0.9, 0.0)).parts
    assert part.box == Box(0, 0.875, 0.125, 1)


def test_of_boxes_on_one_place_the_surest_is_kept(tmp_path: Path) -> None:
    boxes = [(100, 100, 50, 50, p, 0.0) for p in (0.5, 0.9, 0.7)]
    assert [part.probability for part in read(tmp_path, *boxes).parts] == [0.9]


def test_other_labels_and_other_places_are_kept_the_surest_first(tmp_path: Path) -> None:
    boxes = [
        (100, 100, 50, 50, 0.5, 0.0),
        (102, 100, 50, 50, 0.0, 0.8),
        (250, 250, 50, 50, 0.6, 0.0),
    ]
    found = [(part.label, part.probability) for part in read(tmp_path, *boxes).parts]
    assert found == [("hand", 0.8), ("face", 0.6), ("face", 0.5)]


def test_unlikely_boxes_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, (100, 100, 50, 50, 0.1, 0.19)).parts == ()


def test_parts_can_be_written_as_json(tmp_path: Path) -> None:
    written = json.loads(json.dumps(asdict(read(tmp_path, (160, 80, 80, 40, 0.9, 0.0)))))
    assert written["parts"][0]["box"]["left"] == 0.375


def test_a_graph_with_another_number_of_labels_is_refused(tmp_path: Path) -> None:
    graph = write_fixed(tmp_path / "boxes.onnx", np.zeros((1, 9, 4), np.float32))
    with pytest.raises(ModelError, match="not 1 x 6 x any"):
        BodyPartDetector(graph, LABELS).read(as_picture(canvas()[0]))


def test_the_version_follows_the_labels(tmp_path: Path) -> None:
    graph = write_fixed(tmp_path / "boxes.onnx", np.zeros((1, 6, 4), np.float32))
    assert BodyPartDetector(graph, LABELS).version != BodyPartDetector(graph, LABELS[::-1]).version
