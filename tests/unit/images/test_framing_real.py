"""The hard cases of framing, with the real network."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter

from shelfguard.images.framing import FramingDetector
from shelfguard.images.sources import U2NETP
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.real import find_or_skip


@pytest.fixture(scope="module")
def detector() -> FramingDetector:
    return FramingDetector(find_or_skip(U2NETP))


def test_a_white_product_on_white_is_found_by_its_outline(detector: FramingDetector) -> None:
    image, draw = canvas(width=800, height=800)
    draw.rounded_rectangle((200, 150, 600, 700), 40, outline=(228, 228, 228), width=2)
    found = detector.read(as_picture(image))
    assert found.coverage == pytest.approx(0.34, abs=0.02)
    assert found.objects == 1
    assert found.doubt < 0.1
    assert found.white_background > 0.99


def test_several_pieces_set_together_are_counted(detector: FramingDetector) -> None:
    image, draw = canvas(width=800, height=800)
    for left in (80, 330, 580):
        draw.ellipse((left, 300, left + 150, 450), fill="#3c5aa0")
    assert detector.read(as_picture(image)).objects == 3


@pytest.mark.parametrize("colour", ["white", "#b0223a", "#464650"])
def test_nothing_stands_out_in_a_swatch(detector: FramingDetector, colour: str) -> None:
    found = detector.read(as_picture(canvas(colour)[0]))
    assert (found.objects, found.coverage) == (0, 0)


def test_a_shadow_is_no_product(detector: FramingDetector) -> None:
    image, draw = canvas(width=800, height=800)
    draw.ellipse((250, 560, 650, 640), fill="#969696")
    image = image.filter(ImageFilter.GaussianBlur(25))
    ImageDraw.Draw(image).polygon([(300, 200), (500, 200), (560, 600), (260, 600)], fill="#965028")
    assert detector.read(as_picture(image)).coverage == pytest.approx(0.156, abs=0.01)


def test_a_product_cut_on_both_sides_is_found_on_a_plain_ground(detector: FramingDetector) -> None:
    image = Image.new("RGB", (800, 800), "white")
    ImageDraw.Draw(image).rectangle((0, 250, 800, 560), fill="#1e3c1e")
    assert detector.read(as_picture(image)).touches == ("left", "right")
