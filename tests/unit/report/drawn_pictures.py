"""Drawn pictures for reports: goods, a text, a code and a body in plain shapes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from shelfguard.images.masks import Mask

KETTLE = (0.3, 0.25, 0.75, 0.8)
"""Where the kettle stands."""

OFFER, CODE = (0.04, 0.03, 0.62, 0.11), (0.78, 0.72, 0.96, 0.96)
"""Where the offer's text and the square code stand."""


def kettle(width: int = 800, height: int = 600, background: str = "white") -> bytes:
    """A kettle with an added text and a square code beside it."""
    image = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = _pixels(KETTLE, width, height)
    draw.ellipse((left, top, right, bottom), fill="#5b7f95")
    draw.rectangle((left + 0.2 * width, top - 0.06 * height, left + 0.25 * width, top), fill="#222")
    draw.text(_pixels(OFFER, width, height)[:2], "CALL 514 555 0199", "#c00", font_size=height / 14)
    _code(draw, _pixels(CODE, width, height))
    return _png(image)


def body(width: int = 600, height: int = 800) -> bytes:
    """A figure in two shapes: nobody is hurt by seeing it."""
    image = Image.new("RGB", (width, height), "#d9c7a7")
    draw = ImageDraw.Draw(image)
    draw.ellipse((0.4 * width, 0.08 * height, 0.6 * width, 0.25 * height), fill="#8d5a3b")
    draw.rounded_rectangle(
        (0.33 * width, 0.27 * height, 0.67 * width, 0.9 * height), 40, fill="#8d5a3b"
    )
    return _png(image)


def kettle_mask(width: int = 320, height: int = 240) -> dict[str, list[int]]:
    """The kettle's pixels as evidence holds them."""
    image = Image.new("1", (width, height))
    ImageDraw.Draw(image).ellipse(_pixels(KETTLE, width, height), fill=1)
    mask = Mask.of(np.asarray(image))
    return {"size": [mask.height, mask.width], "counts": list(mask.counts)}


def _code(draw: ImageDraw.ImageDraw, box: tuple[float, ...]) -> None:
    left, top, right, bottom = box
    cells = np.random.default_rng(7).integers(0, 2, (11, 11))
    across, down = (right - left) / 11, (bottom - top) / 11
    for y, x in zip(*cells.nonzero(), strict=True):
        corner = left + x * across, top + y * down
        draw.rectangle((*corner, corner[0] + across, corner[1] + down), fill="black")


def _pixels(box: tuple[float, ...], width: int, height: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left * width, top * height, right * width, bottom * height


def _png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
