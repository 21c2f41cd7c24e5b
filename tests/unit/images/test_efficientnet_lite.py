"""The real backbone, converted from its checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps

from shelfguard.errors import ModelError
from shelfguard.images.backbone import Backbone
from shelfguard.images.sources import EFFICIENTNET_LITE0
from tests.unit.images.drawing import as_picture, compressed, scene
from tests.unit.images.real import find_or_skip

pytest.importorskip("torch")
pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from shelfguard.images.efficientnet_lite import convert

    path = tmp_path_factory.mktemp("graph") / "lite0.onnx"
    convert(find_or_skip(EFFICIENTNET_LITE0), path)
    return path


def test_the_same_checkpoint_gives_the_same_bytes(graph: Path, tmp_path: Path) -> None:
    from shelfguard.images.efficientnet_lite import convert

    convert(find_or_skip(EFFICIENTNET_LITE0), tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == graph.read_bytes()


def test_a_copy_is_nearer_than_another_picture(graph: Path) -> None:
    backbone = Backbone(graph)
    first, second = scene(), scene(seed=1)
    copies = [compressed(first, 40), ImageOps.mirror(first), first.resize((250, 250))]
    original, other = backbone.unit(as_picture(first)), backbone.unit(as_picture(second))
    assert original.shape == (1280,)
    nearness = [float(original @ backbone.unit(as_picture(copy))) for copy in copies]
    assert min(nearness) > float(original @ other)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    from shelfguard.images.efficientnet_lite import convert

    (tmp_path / "none.pth").write_bytes(b"none")
    with pytest.raises(ModelError, match="no checkpoint"):
        convert(tmp_path / "none.pth", tmp_path / "out.onnx")


def test_the_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    import torch

    from shelfguard.images.efficientnet_lite import convert

    torch.save({"fc.weight": torch.from_numpy(np.zeros((3, 3)))}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match="_conv_stem"):
        convert(tmp_path / "other.pth", tmp_path / "out.onnx")
