"""Pictures as vectors."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.images.backbone import EFFICIENTNET_LITE, Backbone, unit_length
from shelfguard.images.preparation import Fit, Preparation
from tests.unit.images.drawing import as_picture, canvas, scene
from tests.unit.images.graphs import write_fixed, write_mean_colour

PLAIN = Preparation(32, (0.0,) * 3, (255.0,) * 3)


def test_a_vector_is_what_the_network_makes_of_the_picture(tmp_path: Path) -> None:
    backbone = Backbone(write_mean_colour(tmp_path / "mean.onnx", 32), PLAIN)
    values = backbone.read(as_picture(canvas("#ff8000")[0])).values
    assert values == pytest.approx((0.89360, 0.44855, 0), abs=2e-4)


def test_a_vector_has_length_one(tmp_path: Path) -> None:
    backbone = Backbone(write_mean_colour(tmp_path / "mean.onnx"))
    assert math.hypot(*backbone.read(as_picture(scene())).values) == pytest.approx(1, abs=1e-4)


def test_black_has_no_direction_and_stays_as_it_is(tmp_path: Path) -> None:
    backbone = Backbone(write_mean_colour(tmp_path / "mean.onnx", 32), PLAIN)
    assert backbone.read(as_picture(canvas("black")[0])).values == (0, 0, 0)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    backbone = Backbone(write_mean_colour(tmp_path / "mean.onnx"))
    one, other = (json.dumps(asdict(backbone.read(as_picture(scene())))) for _ in range(2))
    assert one == other


def test_the_version_follows_how_pictures_are_prepared(tmp_path: Path) -> None:
    graph = write_mean_colour(tmp_path / "mean.onnx")
    cut = Preparation(224, EFFICIENTNET_LITE.mean, EFFICIENTNET_LITE.deviation, Fit.CENTRED)
    assert Backbone(graph).version != Backbone(graph, cut).version


def test_a_network_that_gives_a_map_is_refused(tmp_path: Path) -> None:
    graph = write_fixed(tmp_path / "map.onnx", np.zeros((1, 1, 7, 7), np.float32), 224)
    with pytest.raises(ModelError, match="not 1 x any"):
        Backbone(graph).read(as_picture(canvas()[0]))


def test_several_vectors_are_scaled_each_for_itself() -> None:
    scaled = unit_length(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(scaled, np.array([[0.6, 0.8], [0, 0]]))
