"""What training shows of a marked picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.picture import Box
from shelfguard.learn.pictures.boxed_sample import LONG_SIDE, BoxedSample, load_sample, varied
from shelfguard.learn.pictures.boxes import MarkedBox, MarkedPicture
from tests.unit.images.drawing import canvas, pixels_of

SIDE = 96


def red_square() -> BoxedSample:
    """A red square on grey, marked."""
    image, draw = canvas("#808080", 120, 80)
    draw.rectangle((30, 20, 69, 59), fill="#ff0000")
    boxes = np.array([[30, 20, 70, 60]], np.float32)
    return BoxedSample(pixels_of(image), boxes, np.array([0]), "one")


def test_a_picture_is_kept_at_one_size_with_its_boxes_in_pixels(tmp_path: Path) -> None:
    canvas(width=200, height=100)[0].save(tmp_path / "a.png")
    picture = MarkedPicture(tmp_path / "a.png", (MarkedBox("knife", Box(0.5, 0, 1, 0.5)),))
    sample = load_sample(picture, ["gun", "knife"])
    assert isinstance(sample, BoxedSample)
    assert sample.pixels.shape == (LONG_SIDE // 2, LONG_SIDE, 3)
    assert sample.boxes.tolist() == [[LONG_SIDE / 2, 0, LONG_SIDE, LONG_SIDE / 4]]
    assert sample.labels.tolist() == [1]


def test_a_broken_picture_is_a_problem_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    problem = load_sample(MarkedPicture(tmp_path / "a.png", ()), [])
    assert isinstance(problem, DataError)
    assert "a.png: field 'picture'" in str(problem)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_boxes_stay_on_their_objects(seed: int) -> None:
    shown = varied(red_square(), SIDE, np.random.default_rng(seed))
    assert shown.pixels.shape == (SIDE, SIDE, 3)
    for left, top, right, bottom in shown.boxes:
        assert 0 <= left < right <= SIDE
        assert 0 <= top < bottom <= SIDE
        x, y = int((left + right) / 2), int((top + bottom) / 2)
        red, green, _ = shown.pixels[y, x].tolist()
        assert red >= green  # grey in one sample of ten


def test_one_seed_shows_one_picture() -> None:
    one, other = (varied(red_square(), SIDE, np.random.default_rng(5)) for _ in range(2))
    assert (one.pixels == other.pixels).all()


def test_a_picture_without_objects_stays_one() -> None:
    empty = BoxedSample(pixels_of(canvas()[0]), np.zeros((0, 4), np.float32), np.array([]), "one")
    assert varied(empty, SIDE, np.random.default_rng(0)).boxes.shape == (0, 4)


@pytest.mark.parametrize("seed", range(5))
def test_an_object_that_is_hardly_in_sight_is_not_asked_for(seed: int) -> None:
    whole = red_square()
    shown = varied(whole, SIDE, np.random.default_rng(seed))
    assert len(shown.boxes) == len(shown.labels) <= 1
