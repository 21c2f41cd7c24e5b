"""Labels of whole pictures, by heads over a tiny backbone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.images.backbone import Backbone
from shelfguard.images.detectors import build_detectors, codec
from shelfguard.images.heads import ImageHeads
from shelfguard.images.labels import LabelDetector
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.graphs import write_mean_colour

RED, BLUE = np.eye(3, dtype=np.float32)[[0, 2]]


@pytest.fixture
def backbone(tmp_path: Path) -> Path:
    """A backbone whose vector is the picture's mean colour."""
    return write_mean_colour(tmp_path / "mean.onnx")


def heads(backbone: Path) -> ImageHeads:
    return ImageHeads(
        backbone=Backbone(backbone).version,
        labels=("CA-WPN-008",),
        weights=np.array([8 * RED - 8 * BLUE]),
        bias=np.zeros(1, np.float32),
        names=("red.jpg", "blue.jpg"),
        examples=np.stack([RED, BLUE]),
        shown=np.array([[True], [False]]),
    )


def test_a_picture_has_probabilities_and_the_example_it_is_most_like(
    backbone: Path, tmp_path: Path
) -> None:
    heads(backbone).save(tmp_path / "heads.npz")
    detector = LabelDetector(backbone, tmp_path / "heads.npz")
    red, blue = (detector.read(as_picture(canvas(colour)[0])) for colour in ("red", "blue"))
    assert red.probabilities["CA-WPN-008"] > 0.9 > 0.1 > blue.probabilities["CA-WPN-008"]
    assert (red.nearest, blue.nearest) == ("red.jpg", "blue.jpg")


def test_what_was_read_survives_the_cache_as_it_was(backbone: Path, tmp_path: Path) -> None:
    heads(backbone).save(tmp_path / "heads.npz")
    files = {"backbone": backbone, "image-heads": tmp_path / "heads.npz"}
    (detector,) = build_detectors(["labels"], files).values()
    read = detector.read(as_picture(canvas("red")[0]))
    assert codec(detector).validate_json(codec(detector).dump_json(read)) == read


def test_heads_of_another_backbone_are_refused(backbone: Path, tmp_path: Path) -> None:
    replace(heads(backbone), backbone="another").save(tmp_path / "heads.npz")
    with pytest.raises(ModelError, match="another backbone"):
        LabelDetector(backbone, tmp_path / "heads.npz")


def test_a_pack_that_names_no_model_for_a_detector_is_told_so() -> None:
    with pytest.raises(ModelError, match="the pack has no model 'backbone'"):
        build_detectors(["labels"], {})
