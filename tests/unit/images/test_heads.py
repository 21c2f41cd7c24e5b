"""Labels of whole pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import ModelError
from shelfguard.images.heads import Example, ImageHeads

HEADS = ImageHeads(
    backbone="1+a+b",
    labels=("knife", "pistol"),
    weights=np.array([[4, 0, 0], [0, 4, 0]], np.float32),
    bias=np.array([-2, -2], np.float32),
    names=("a.jpg", "b.jpg", "c.jpg"),
    examples=np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    shown=np.array([[True, False], [False, True], [False, False]]),
)
KNIFE = np.array([0.8, 0.6, 0], np.float32)


def test_each_label_has_a_probability_of_its_own() -> None:
    found = HEADS.read(KNIFE)
    assert found == pytest.approx({"knife": 0.76852, "pistol": 0.59869}, abs=1e-5)


def test_prototypes_are_the_means_of_what_shows_a_label() -> None:
    assert HEADS.prototypes(KNIFE) == pytest.approx({"knife": 0.8, "pistol": 0.6}, abs=1e-5)


def test_the_nearest_examples_say_what_a_picture_is_like() -> None:
    first, second = HEADS.nearest(KNIFE, 2)
    assert first == Example("a.jpg", ("knife",), 0.8)
    assert second.name == "b.jpg"


def test_heads_are_read_back(tmp_path: Path) -> None:
    HEADS.save(tmp_path / "heads.npz")
    again = ImageHeads.load(tmp_path / "heads.npz")
    assert again.backbone == HEADS.backbone
    assert again.read(KNIFE) == HEADS.read(KNIFE)
    assert again.nearest(KNIFE, 3) == HEADS.nearest(KNIFE, 3)


def test_the_vector_of_another_backbone_is_refused() -> None:
    with pytest.raises(ModelError, match="4 numbers, the heads 3"):
        HEADS.read(np.ones(4, np.float32))


def test_parts_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    replace(HEADS, bias=np.zeros(3, np.float32)).save(tmp_path / "heads.npz")
    with pytest.raises(ModelError, match="do not fit"):
        ImageHeads.load(tmp_path / "heads.npz")


@given(st.binary(max_size=200))
def test_any_other_file_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "heads.npz"
    file.write_bytes(data)
    with pytest.raises(ModelError, match="no image heads"):
        ImageHeads.load(file)
