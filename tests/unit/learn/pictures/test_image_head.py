"""Image heads, trained from a folder to a file that scans can read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("mlflow")

from PIL import Image

from shelfguard.errors import DataError, ModelError
from shelfguard.images.backbone import Backbone
from shelfguard.images.heads import ImageHeads
from shelfguard.images.sources import EFFICIENTNET_LITE0
from shelfguard.learn.model import load_scorer, read_record
from shelfguard.learn.pictures.image_head import BACKBONE, HEADS, train
from shelfguard.learn.pictures.labelled import LabelledPictures, read_labelled
from shelfguard.learn.train.recipe import Recipe, read_data
from shelfguard.learn.train.run import run_recipe
from shelfguard.learn.train.trainer import Job
from tests.unit.images.drawing import as_picture
from tests.unit.images.real import find_or_skip
from tests.unit.learn.pictures.folders import draw, labelled_folder
from tests.unit.learn.train.datasets import Memory
from tests.unit.learn.train.stores import quiet, store

__all__ = ["store"]

pytestmark = quiet


def trained(data: LabelledPictures, folder: Path) -> Memory:
    find_or_skip(EFFICIENTNET_LITE0)
    folder.mkdir(exist_ok=True)
    watch = Memory()
    train(Job({}, 0, data, folder, folder / "checkpoints", watch))
    return watch


def test_ten_pictures_a_label_are_enough(tmp_path: Path) -> None:
    watch = trained(read_labelled(labelled_folder(tmp_path / "pictures")), tmp_path / "model")
    assert watch.curves["bar.area_under_curve"][0] > 0.8
    heads = ImageHeads.load(tmp_path / "model" / HEADS)
    backbone = Backbone(tmp_path / "model" / BACKBONE)
    assert heads.backbone == backbone.version
    draw(tmp_path / "new.png", "bar", np.random.default_rng(77))
    vector = backbone.unit(as_picture(Image.open(tmp_path / "new.png")))
    found = heads.read(vector)
    assert found["bar"] > found["disc"]
    assert heads.nearest(vector, 1)[0].labels == ("bar",)


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    data = read_labelled(labelled_folder(tmp_path / "pictures"))
    for name in "ab":
        trained(data, tmp_path / name)
    assert (tmp_path / "a" / HEADS).read_bytes() == (tmp_path / "b" / HEADS).read_bytes()


def test_a_label_with_too_few_pictures_is_named(tmp_path: Path) -> None:
    root = labelled_folder(tmp_path / "pictures")
    for file in sorted((root / "bar").iterdir())[:8]:
        file.write_bytes(b"broken")
    with pytest.raises(DataError, match="field 'bar': 2 pictures with the label and 20 without"):
        trained(read_labelled(root), tmp_path / "model")


def test_a_recipe_of_pictures_leaves_a_record_and_scores_no_listings(
    store: str, tmp_path: Path
) -> None:
    find_or_skip(EFFICIENTNET_LITE0)
    asked = Recipe(name="shapes", kind="image-head", about="A test.")
    data = read_data(asked, labelled_folder(tmp_path / "pictures"))
    record = run_recipe(asked, data, tmp_path / "model", smoke=True, tracking_uri=store)
    assert read_record(tmp_path / "model") == record
    assert record.clauses == ["bar", "disc"]
    assert record.dataset == data.id
    assert set(record.files) == {HEADS, BACKBONE}
    assert record.metrics["bar.area_under_curve"] > 0.8
    with pytest.raises(ModelError, match="'image-head' scores no listings"):
        load_scorer(tmp_path / "model")
