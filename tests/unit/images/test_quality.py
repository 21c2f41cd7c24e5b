"""What can be said of a picture without knowing what it shows."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from shelfguard.images.picture import Picture
from shelfguard.images.quality import Quality, QualityDetector
from tests.unit.images.drawing import as_picture, canvas, compressed, scene

DETECTOR = QualityDetector()


def read(image: Image.Image) -> Quality:
    return DETECTOR.read(as_picture(image))


@pytest.mark.parametrize("quality", [10, 40, 90])
@pytest.mark.parametrize("colour", ["white", "black", "#b0223a", "#f5f5dc"])
def test_a_swatch_is_of_one_colour_however_compressed(colour: str, quality: int) -> None:
    assert read(compressed(canvas(colour)[0], quality)).one_colour


def test_a_white_product_on_white_with_a_faint_outline_is_not_of_one_colour() -> None:
    image, draw = canvas(width=800, height=800)
    draw.rounded_rectangle((200, 150, 600, 700), 40, outline=(228, 228, 228), width=2)
    assert not read(compressed(image, 90)).one_colour


def test_a_small_product_on_white_is_not_of_one_colour() -> None:
    image, draw = canvas()
    draw.rectangle((190, 190, 210, 210), fill="#553311")
    found = read(image)
    assert found.main_share > 0.98
    assert not found.one_colour


def test_the_main_colour_is_named() -> None:
    found = read(canvas("#1e7832")[0])
    assert found.main_colour == "#1e7832"
    assert found.main_share == 1


def test_a_dark_photo_is_dark_and_a_pale_one_light() -> None:
    dark, plain, pale = (
        read(ImageEnhance.Brightness(scene()).enhance(factor)) for factor in (0.15, 1, 3)
    )
    assert dark.middle < plain.middle < pale.middle
    assert dark.black > plain.black
    assert pale.lightest > plain.lightest


def test_white_and_black_are_counted() -> None:
    image, draw = canvas()
    draw.rectangle((0, 0, 199, 399), fill="black")
    found = read(image)
    assert found.white == pytest.approx(0.5, abs=0.01)
    assert found.black == pytest.approx(0.5, abs=0.01)


def test_the_size_is_the_files_and_not_that_of_the_decoded_pixels() -> None:
    pixels = np.zeros((30, 60, 3), np.uint8)
    found = DETECTOR.read(Picture("0" * 64, "JPEG", 600, 300, 1, pixels))
    assert (found.width, found.height) == (600, 300)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**16))
def test_shares_are_shares_for_any_picture(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    found = DETECTOR.read(Picture("0" * 64, "PNG", width, height, 1, pixels))
    assert all(0 <= share <= 1 for share in (found.black, found.white, found.main_share))
    assert 0 <= found.blank <= 1
    assert 0 <= found.darkest <= found.middle <= found.lightest <= 100.1


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert json.dumps(asdict(read(scene()))) == json.dumps(asdict(read(scene())))
