"""Pictures drawn for tests."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from shelfguard.images.picture import Picture, Pixels


def as_picture(image: Image.Image) -> Picture:
    """An image as a decoder hands it over."""
    return Picture("0" * 64, "PNG", image.width, image.height, 1, np.asarray(image.convert("RGB")))


def canvas(
    colour: str = "white", width: int = 400, height: int = 400
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An image of one colour, and what draws on it."""
    image = Image.new("RGB", (width, height), colour)
    return image, ImageDraw.Draw(image)


def scene(width: int = 400, height: int = 400, seed: int = 0) -> Image.Image:
    """Something as varied as a photo: patches of many colours and sizes, with sharp edges."""
    rng = np.random.default_rng(seed)
    image, draw = canvas("#8a7f70", width, height)
    for _ in range(300):
        x, y = rng.integers((-40, -40), (width, height))
        w, h = rng.integers(5, 80, 2)
        draw.ellipse((x, y, x + w, y + h), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return image


def compressed(image: Image.Image, quality: int) -> Image.Image:
    """As a JPEG of this quality leaves it."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def pixels_of(image: Image.Image) -> Pixels:
    """Pixels [height, width, 3]."""
    return np.asarray(image.convert("RGB"))
