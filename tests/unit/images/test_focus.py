"""Sharp and blurred pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from shelfguard.images.focus import focus
from tests.unit.images.drawing import canvas, pixels_of, scene

SHARP, BLURRED = 0.6, 0.15


def blurred(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def test_more_blur_is_less_focus() -> None:
    rated = [focus(pixels_of(blurred(scene(), radius))) for radius in (0, 1, 2, 4)]
    assert rated == sorted(rated, reverse=True)
    assert rated[0] > SHARP
    assert rated[2] < BLURRED


def test_faint_contrast_is_no_blur() -> None:
    faint = ImageEnhance.Contrast(scene()).enhance(0.4)
    assert focus(pixels_of(faint)) > SHARP


def test_a_sharp_product_on_a_soft_background_is_sharp() -> None:
    image = blurred(scene(), 8)
    image.paste(scene(100, 100, seed=1), (150, 150))
    assert focus(pixels_of(image)) > SHARP


def test_a_sharp_product_on_white_is_sharp() -> None:
    image, draw = canvas()
    draw.ellipse((100, 100, 300, 300), fill="#3c5aa0")
    assert focus(pixels_of(image)) > SHARP
    assert focus(pixels_of(blurred(image, 3))) < BLURRED


def test_a_small_picture_made_large_is_blurred() -> None:
    large = scene().resize((60, 60)).resize((900, 900), Image.Resampling.BICUBIC)
    assert focus(pixels_of(large)) < BLURRED


def test_a_blur_that_a_page_does_not_show_hardly_counts() -> None:
    small, large = scene(), scene().resize((1600, 1600), Image.Resampling.BICUBIC)
    assert focus(pixels_of(blurred(small, 1))) < focus(pixels_of(small)) / 2
    assert focus(pixels_of(blurred(large, 1))) > focus(pixels_of(large)) / 2


def test_one_colour_has_no_focus() -> None:
    assert focus(pixels_of(canvas("#b0223a")[0])) == 0


@settings(deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**16))
def test_any_size_can_be_rated(width: int, height: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    assert focus(noise) >= 0


@pytest.mark.parametrize("size", [(20, 400), (400, 20)])
def test_a_narrow_strip_can_be_sharp(size: tuple[int, int]) -> None:
    assert focus(pixels_of(scene(*size))) > SHARP
