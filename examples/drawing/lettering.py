"""Words as masks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from examples.drawing.masks import Floats, Pen, Point, of_image
from shelfguard.errors import ShelfguardError

BOLD = ("LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf")
SERIF = ("LiberationSerif-Italic.ttf", "DejaVuSerif-Italic.ttf")
Family = tuple[str, ...]
"""Names of font files that Pillow finds among the system's, the first that is there is used."""


class FontError(ShelfguardError):
    """The system lacks the fonts that pictures are drawn with."""


def words(pen: Pen, text: str, middle: Point, size: float, family: Family = BOLD) -> Floats:
    """Lines of text centred on a point, `size` units high.

    Raises:
        FontError: no font of the family is installed.
    """
    image = Image.new("L", (pen.side, pen.side))
    place = (middle[0] * pen.scale, middle[1] * pen.scale)
    face = font(size * pen.scale, family)
    ImageDraw.Draw(image).text(place, text, 255, face, anchor="mm", align="center")
    return of_image(image)


def font(size: float, family: Family) -> ImageFont.FreeTypeFont:
    """The first font of a family that is installed, `size` pixels high.

    Raises:
        FontError: there is none.
    """
    for name in family:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    fix = "Install one of them, such as Debian's fonts-liberation or fonts-dejavu"
    raise FontError(f"no font named {' or '.join(family)} is installed", fix=fix)


def turned(mask: Floats, degrees: float) -> Floats:
    """A mask turned anticlockwise about its middle."""
    image = Image.fromarray((mask * 255).astype(np.uint8))
    return of_image(image.rotate(degrees, Image.Resampling.BICUBIC))


def round_body(mask: Floats, left: float, right: float) -> Floats:
    """A mask as it looks round an upright cylinder between two columns of pixels."""
    middle, half = (left + right) / 2, (right - left) / 2
    across = np.clip((np.arange(mask.shape[1]) - middle) / half, -1, 1)
    source = np.clip(np.rint(middle + np.arcsin(across) * half), 0, mask.shape[1] - 1)
    found: Floats = mask[:, source.astype(int)] * (np.abs(across) < 1)
    return found
