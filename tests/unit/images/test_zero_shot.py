"""Texts compared with pictures, by a pair of tiny networks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.images.backbone import Backbone
from shelfguard.images.preparation import Preparation
from shelfguard.images.zero_shot import TextVectors, ZeroShotDetector, read_text_vectors
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.graphs import write_mean_colour

PLAIN = Preparation(32, (0.0,) * 3, (255.0,) * 3)
TEXTS = TextVectors(("a red thing", "a blue thing"), np.array([[1, 0, 0], [0, 0, 1]], np.float32))


def detector(folder: Path, texts: TextVectors = TEXTS) -> ZeroShotDetector:
    return ZeroShotDetector(Backbone(write_mean_colour(folder / "mean.onnx", 32), PLAIN), texts)


def test_the_text_that_fits_is_nearest(tmp_path: Path) -> None:
    found = detector(tmp_path).read(as_picture(canvas("#f01020")[0])).cosines
    assert list(found) == ["a red thing", "a blue thing"]
    assert found["a red thing"] > 0.95
    assert found["a blue thing"] < 0.2


def test_similarities_can_be_written_as_json(tmp_path: Path) -> None:
    found = detector(tmp_path).read(as_picture(canvas("red")[0]))
    written = json.loads(json.dumps(asdict(found)))
    assert written == {"cosines": {"a red thing": 1, "a blue thing": 0}}


def test_text_vectors_survive_a_file(tmp_path: Path) -> None:
    TEXTS.save(tmp_path / "texts.npz")
    read = read_text_vectors(tmp_path / "texts.npz")
    assert (read.texts, read.digest) == (TEXTS.texts, TEXTS.digest)


@pytest.mark.parametrize("content", [b"", b"none", b"PK\x03\x04"])
def test_a_file_without_text_vectors_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "texts.npz").write_bytes(content)
    with pytest.raises(ModelError, match="no text vectors"):
        read_text_vectors(tmp_path / "texts.npz")


def test_a_file_with_other_arrays_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "texts.npz", words=np.zeros(3))
    with pytest.raises(ModelError, match="no text vectors"):
        read_text_vectors(tmp_path / "texts.npz")


def test_networks_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    wider = TextVectors(("a thing",), np.ones((1, 5), np.float32))
    with pytest.raises(ModelError, match="pictures have 3 numbers, texts 5"):
        detector(tmp_path, wider).read(as_picture(canvas()[0]))


def test_the_version_follows_the_texts(tmp_path: Path) -> None:
    fewer = TextVectors(TEXTS.texts[:1], TEXTS.vectors[:1])
    assert detector(tmp_path).version != detector(tmp_path, fewer).version
