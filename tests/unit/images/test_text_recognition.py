from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from shelfguard.images.text_areas import Area
from shelfguard.images.text_recognition import cut_out


def marked(area: Area) -> Image.Image:
    """An area whose left half is red and whose right half is blue, on white."""
    image = Image.new("RGB", (400, 300), "white")
    for start, colour in ((0.0, "red"), (0.5, "blue")):
        across = np.array([start, start + 0.5, start + 0.5, start])
        x, y = area.at(across, np.array([0.0, 0, 1, 1]))
        ImageDraw.Draw(image).polygon([*zip(x.tolist(), y.tolist(), strict=True)], fill=colour)
    return image


@given(st.floats(-44, 44), st.floats(60, 150), st.floats(20, 39))
def test_a_tilted_line_is_cut_out_level(degrees: float, width: float, height: float) -> None:
    area = Area(200, 150, width, height, math.radians(degrees))
    cut = cut_out(marked(area), area)
    assert cut.size == (math.ceil(width), math.ceil(height))
    middle = cut.height // 2
    assert cut.getpixel((cut.width // 4, middle)) == (255, 0, 0)
    assert cut.getpixel((3 * cut.width // 4, middle)) == (0, 0, 255)


def test_a_line_that_runs_downward_is_laid_on_its_side() -> None:
    image = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(image).rectangle((185, 90, 215, 150), fill="red")  # its first half
    cut = cut_out(image, Area(200, 150, 30, 120, 0))
    assert cut.size == (120, 30)
    assert cut.getpixel((30, 15)) == (255, 0, 0)
    assert cut.getpixel((90, 15)) == (255, 255, 255)


@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_an_area_that_leaves_the_picture_is_cut_out_as_far_as_it_goes(tilt: float) -> None:
    area = Area(5, 5, 80, 30, tilt)
    assert cut_out(Image.new("RGB", (60, 40), "white"), area).size == (80, 30)
