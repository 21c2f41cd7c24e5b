"""Frames and bars round a picture."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageOps

from shelfguard.images.frame import Frame, find_frame
from tests.unit.images.drawing import canvas, compressed, pixels_of, scene


def framed(border: int | tuple[int, ...], colour: str) -> Frame:
    image = ImageOps.expand(scene(), border, colour)
    return find_frame(pixels_of(compressed(image, quality=92)))


@pytest.mark.parametrize("colour", ["red", "black", "#224466"])
@pytest.mark.parametrize("border", [8, 20, 80])
def test_a_frame_is_found_with_its_thickness_and_colour(border: int, colour: str) -> None:
    frame = framed(border, colour)
    assert frame.on_all_sides
    for side in (frame.left, frame.top, frame.right, frame.bottom):
        assert side == pytest.approx(border / (400 + 2 * border), abs=0.01)
    expected = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    found = Image.new("RGB", (1, 1), frame.colour or "").getpixel((0, 0))
    assert isinstance(expected, tuple)
    assert found == pytest.approx(expected, abs=6)


def test_bars_above_and_below_are_bars() -> None:
    frame = framed((0, 40), "black")
    assert frame.top == pytest.approx(40 / 480, abs=0.01)
    assert frame.left == 0
    assert not frame.on_all_sides


def test_bars_at_the_left_and_right_are_bars() -> None:
    frame = framed((60, 0), "black")
    assert frame.right == pytest.approx(60 / 520, abs=0.01)
    assert frame.bottom == 0


def test_a_photo_without_a_frame_has_none() -> None:
    assert find_frame(pixels_of(scene())) == Frame(0, 0, 0, 0, None)


def test_one_colour_is_no_frame() -> None:
    assert not find_frame(pixels_of(canvas("navy")[0])).on_all_sides


def test_the_white_space_round_a_product_is_no_frame() -> None:
    image, draw = canvas()
    draw.ellipse((40, 60, 360, 350), fill="#884422")
    assert find_frame(pixels_of(image)).colour is None


def test_a_sky_is_no_bar() -> None:
    image = scene()
    ImageDraw.Draw(image).rectangle((0, 0, 400, 60), fill="#88bbee")
    assert find_frame(pixels_of(image)).colour is None


def test_a_box_with_much_ground_round_it_is_no_frame() -> None:
    image, draw = canvas()
    draw.rectangle((120, 120, 280, 280), fill="#884422")
    assert find_frame(pixels_of(image)).colour is None
