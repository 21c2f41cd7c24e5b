"""A detector, trained from a folder to a graph that finds things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from shelfguard.errors import DataError
from shelfguard.images.backbone import Backbone
from shelfguard.images.efficientnet_lite import convert
from shelfguard.images.objects import ObjectDetector
from shelfguard.images.sources import EFFICIENTNET_LITE0
from shelfguard.learn.pictures.boxes import MarkedPicture, MarkedPictures, read_boxes
from shelfguard.learn.pictures.detector import GRAPH, train
from shelfguard.learn.pictures.detector_figures import find_all, scale
from shelfguard.learn.pictures.efficientnet import FeatureMaps, read_weights
from shelfguard.learn.train.trainer import Job
from tests.unit.images.drawing import as_picture, scene
from tests.unit.images.real import find_or_skip
from tests.unit.learn.pictures.folders import marked_folder
from tests.unit.learn.train.datasets import Interrupted, Memory

SETTINGS = {
    "side": 64,
    "crop": 64,
    "batch": 8,
    "views": 2,
    "head_epochs": 2,
    "epochs": 2,
    "frozen": 11,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> MarkedPictures:
    find_or_skip(EFFICIENTNET_LITE0)
    return read_boxes(marked_folder(tmp_path_factory.mktemp("pictures"), copies=2))


def job(data: MarkedPictures, folder: Path, watch: Memory, **settings: Any) -> Job[MarkedPictures]:
    folder.mkdir(exist_ok=True)
    return Job(SETTINGS | settings, 3, data, folder, folder / "checkpoints", watch)


@pytest.fixture(scope="module")
def graph(data: MarkedPictures, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that has learned next to nothing."""
    folder = tmp_path_factory.mktemp("model")
    train(job(data, folder, Memory()))
    return folder / GRAPH


def test_what_it_learned_it_finds(data: MarkedPictures, tmp_path: Path) -> None:
    watch = Memory()
    train(job(data, tmp_path / "a", watch, head_epochs=20, head_rate=5e-3))
    assert watch.curves["average_precision_50"][0] > 0.5
    assert watch.curves["area_under_curve"][0] > 0.9
    detector = ObjectDetector(tmp_path / "a" / GRAPH)
    assert detector.labels == ("disc", "bar")


def test_an_interrupted_training_goes_on_to_the_same_graph(
    data: MarkedPictures, graph: Path, tmp_path: Path
) -> None:
    for patience in (2, 3):  # in the head's second epoch, then in that of both
        with pytest.raises(Interrupted):
            train(job(data, tmp_path, Memory(patience)))
    train(job(data, tmp_path, Memory()))
    assert (tmp_path / GRAPH).read_bytes() == graph.read_bytes()


def test_a_folder_with_too_few_pictures_is_a_clear_error(
    data: MarkedPictures, tmp_path: Path
) -> None:
    few = MarkedPictures(data.root, data.labels, data.pictures[-1:], ())
    with pytest.raises(DataError, match="no objects to learn from"):
        train(job(few, tmp_path / "a", Memory()))


def test_the_trainable_backbone_is_the_one_that_scans_use(tmp_path: Path) -> None:
    checkpoint = find_or_skip(EFFICIENTNET_LITE0)
    convert(checkpoint, tmp_path / "lite0.onnx")
    maps = FeatureMaps(read_weights(checkpoint), 16)
    tensor = np.random.default_rng(0).normal(size=(1, 3, 224, 224)).astype(np.float32)
    with torch.no_grad():
        last = maps(torch.from_numpy(tensor))[-1]
    assert last.shape == (1, 320, 7, 7)
    # The vector is the last map through one more layer, pooled.
    head = read_weights(checkpoint)
    gain = head["_bn1.weight"] / (head["_bn1.running_var"] + 1e-3).sqrt()
    mixed = torch.einsum("oc,nchw->nohw", head["_conv_head.weight"][..., 0, 0], last)
    normal = (mixed - head["_bn1.running_mean"][:, None, None]) * gain[:, None, None]
    vector = (normal + head["_bn1.bias"][:, None, None]).clamp(0, 6).mean((2, 3))[0].numpy()
    found = Backbone(tmp_path / "lite0.onnx")._network.run(tensor)[0]
    np.testing.assert_allclose(vector, found, atol=1e-3)


def test_scores_stay_as_they_are_where_there_is_too_little_to_scale_by() -> None:
    assert scale([[]], [[]], ["disc"]) == (1.0, 0.0)


def test_a_picture_that_cannot_be_read_shows_nothing(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"none")
    assert find_all(ObjectDetector(graph), [MarkedPicture(tmp_path / "broken.png", ())]) == [()]


def test_the_graph_fits_a_picture_of_any_shape(graph: Path) -> None:
    for each in ObjectDetector(graph).read(as_picture(scene(97, 211))).found:
        assert each.box.left < each.box.right
        assert each.box.top < each.box.bottom
