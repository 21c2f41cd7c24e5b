"""What befalls a picture between a seller's camera and a shop's page, each with one strength."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from shelfguard.images.picture import Picture
from shelfguard.images.resize import resized
from shelfguard.learn.pictures.robustness.changed import (
    Changed,
    moved,
    scaling,
    shift,
    size_of,
)

CROPPED = 0.1
"""Share of width and height that is cut off at each of the four sides."""

QUALITY = 40
"""Of JPEG, as messengers and cheap shops save pictures: blocks can be seen."""

FRAME, FRAME_COLOUR = 0.08, "#d40000"
"""Share of the shorter side that is added at each of the four sides."""

WORDS, INK = "SAMPLE SHOP", 0.5
"""What is laid across a picture, and how much of what is under it it hides."""

DEGREES = 15
"""Counter-clockwise."""

UNMOVED = np.eye(3)


@dataclass(frozen=True, slots=True)
class Transform:
    """A named change; `about` is for readers of a table."""

    name: str
    about: str
    change: Callable[[Picture], Changed]


def unchanged(picture: Picture) -> Changed:
    """The picture itself."""
    return Changed(picture, picture.pixels, UNMOVED)


def cropped(picture: Picture) -> Changed:
    """A tenth cut off at each side."""
    width, height = size_of(picture.pixels)
    left, top = round(width * CROPPED), round(height * CROPPED)
    inside = picture.pixels[top : height - top, left : width - left]
    return Changed(picture, np.ascontiguousarray(inside), shift(-left, -top))


def halved(picture: Picture) -> Changed:
    """Half as wide and half as high."""
    width, height = size_of(picture.pixels)
    size = max(1, width // 2), max(1, height // 2)
    pixels = resized(picture.pixels, *size, Image.Resampling.LANCZOS)
    return Changed(picture, pixels, scaling((width, height), size))


def recompressed(picture: Picture) -> Changed:
    """As a JPEG of low quality leaves it."""
    file = BytesIO()
    Image.fromarray(picture.pixels).save(file, "JPEG", quality=QUALITY)
    with Image.open(file) as image:
        return Changed(picture, np.asarray(image.convert("RGB")), UNMOVED)


def mirrored(picture: Picture) -> Changed:
    """Left and right swapped."""
    width, _ = size_of(picture.pixels)
    flip = np.array([[-1, 0, width], [0, 1, 0], [0, 0, 1]], np.float64)
    return Changed(picture, np.ascontiguousarray(picture.pixels[:, ::-1]), flip)


def bordered(picture: Picture) -> Changed:
    """A coloured frame set round it."""
    thick = max(1, round(min(size_of(picture.pixels)) * FRAME))
    framed = ImageOps.expand(Image.fromarray(picture.pixels), thick, FRAME_COLOUR)
    return Changed(picture, np.asarray(framed), shift(thick, thick))


def overlaid(picture: Picture) -> Changed:
    """Half-transparent words and a ring laid across the middle, white with a dark outline."""
    image = Image.fromarray(picture.pixels)
    width, height = image.size
    font = ImageFont.load_default(max(8, round(0.12 * width)))
    pen = max(1, round(0.008 * width))
    for ink, extra in (("black", pen), ("white", 0)):
        mask = Image.new("L", image.size)
        draw, share = ImageDraw.Draw(mask), round(255 * INK)
        draw.text((width / 2, height / 2), WORDS, share, font, "mm", stroke_width=extra)
        draw.circle((width / 2, height / 2), 0.3 * min(width, height), None, share, 2 * pen + extra)
        image.paste(ink, (0, 0), mask)
    return Changed(picture, np.asarray(image), UNMOVED)


def turned(picture: Picture) -> Changed:
    """Turned a little, all of it kept, the corners filled with white."""
    width, height = size_of(picture.pixels)
    cosine, sine = math.cos(math.radians(DEGREES)), math.sin(math.radians(DEGREES))
    size = math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine)
    turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    matrix = shift(size[0] / 2, size[1] / 2) @ turn @ shift(-width / 2, -height / 2)
    image, white = Image.fromarray(picture.pixels), (255, 255, 255)
    pixels = np.asarray(moved(image, size, matrix, Image.Resampling.BICUBIC, white))
    return Changed(picture, pixels, matrix)


TRANSFORMS = (
    Transform("unchanged", "as it is", unchanged),
    Transform("crop", f"{100 * CROPPED:.0f} % cut off at each of the four sides", cropped),
    Transform("half size", "half the width and half the height", halved),
    Transform("JPEG", f"saved as JPEG of quality {QUALITY}", recompressed),
    Transform("mirror", "left and right swapped", mirrored),
    Transform("border", f"a red frame of {100 * FRAME:.0f} % of the shorter side added", bordered),
    Transform("overlay", f"words and a ring across the middle, {100 * INK:.0f} % opaque", overlaid),
    Transform("rotation", f"turned by {DEGREES} degrees, corners filled with white", turned),
)
