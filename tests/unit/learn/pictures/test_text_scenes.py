"""Pictures drawn to learn from and to measure on."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.pictures import fonts, phrases
from shelfguard.learn.pictures.backdrops import backdrop
from shelfguard.learn.pictures.contrast import contrast
from shelfguard.learn.pictures.fonts import system_fonts
from shelfguard.learn.pictures.photos import scikit_image_photos
from shelfguard.learn.pictures.text_scenes import Scenes

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    try:
        return Scenes(0)
    except DataError as error:
        pytest.skip(str(error))


def test_what_is_measured_on_was_not_learned_from() -> None:
    for learned, measured in (fonts.HALVES, phrases.HALVES):
        assert not set(learned) & set(measured)


def test_a_machine_without_fonts_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "HALVES", (("NoSuchFont.ttf",), ()))
    with pytest.raises(DataError, match=r"NoSuchFont.ttf is installed\. Install"):
        system_fonts(0)


def test_a_seed_draws_the_same_picture_again(scenes: Scenes) -> None:
    one, other = scenes.draw(3, 4), scenes.draw(3, 4)
    np.testing.assert_array_equal(one.picture.pixels, other.picture.pixels)
    assert one.lines == other.lines


@pytest.mark.parametrize("seed", range(6))
def test_lines_lie_apart_in_the_picture_and_are_marked(scenes: Scenes, seed: int) -> None:
    scene = scenes.draw(seed, 5)
    height, width = scene.picture.pixels.shape[:2]
    assert scene.mask.size == (width, height)
    for line in scene.lines:
        left, top, right, bottom = line.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert scene.mask.crop((int(left), int(top), int(right), int(bottom))).getbbox()
    for one, other in combinations([line.box for line in scene.lines], 2):
        beside = one[2] <= other[0] or other[2] <= one[0]
        assert beside or one[3] <= other[1] or other[3] <= one[1]


def test_a_picture_without_lines_has_nothing_marked(scenes: Scenes) -> None:
    assert scenes.draw(0, 0).mask.getbbox() is None


@settings(deadline=None, max_examples=20)
@given(st.integers())
def test_a_backdrop_keeps_its_longer_side(seed: int) -> None:
    drawn = backdrop(random.Random(seed), (300, 200), scikit_image_photos())
    assert max(drawn.size) == 300


@given(COLOURS, COLOURS)
def test_contrast_lies_between_that_of_one_colour_and_of_black_on_white(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    assert 1 <= contrast(one, other) == contrast(other, one) <= 21
    assert contrast(one, one) == 1
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
