"""Text drawn for tests."""

from __future__ import annotations

import pytest
from PIL import Image, ImageFont

from tests.unit.images.drawing import canvas

FONTS = ("LiberationSans-Regular.ttf", "DejaVuSans.ttf")
"""Both have French accents, and Pillow finds them among the system's fonts."""

Corners = tuple[float, float, float, float]


def font(size: int) -> ImageFont.FreeTypeFont:
    """A font with French accents; a test skips where the system has none."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    pytest.skip(f"none of these fonts is installed: {', '.join(FONTS)}")


def written(
    text: str,
    size: int = 32,
    at: tuple[int, int] = (40, 40),
    ink: str = "black",
    ground: str = "white",
) -> tuple[Image.Image, Corners]:
    """A picture of 1,000 x 800 pixels with a line of text, and the box round the line."""
    image, draw = canvas(ground, 1000, 800)
    draw.text(at, text, ink, font(size))
    return image, draw.textbbox(at, text, font(size))
