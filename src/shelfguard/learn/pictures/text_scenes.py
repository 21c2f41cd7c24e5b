"""Pictures with English and French text drawn on them, and where: one seed, one picture."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.picture import Picture
from shelfguard.learn.pictures.backdrops import backdrop
from shelfguard.learn.pictures.fonts import system_fonts
from shelfguard.learn.pictures.phrases import phrase
from shelfguard.learn.pictures.text_sheet import Box, Line, Sheet

WIDTHS = (800, 1000, 1200, 1600)
PROPORTIONS = (1, 3 / 4, 4 / 3, 2 / 3)
WORST, BEST = 55, 96
"""JPEG qualities, the second not included."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A decoded picture, its lines, and a mask of the same size: 255 where lines stand."""

    picture: Picture
    lines: tuple[Line, ...]
    mask: Image.Image


class Scenes:
    """Pictures with one half of all phrases and fonts: 0 to learn from, 1 to measure on.

    Text stands on `photos` too; `fonts` (files) take the place of the system's.

    Raises:
        DataError: no font is installed.
    """

    def __init__(self, half: int, photos: Sequence[Path] = (), fonts: Sequence[str] = ()) -> None:
        self._half, self._photos = half, photos
        self._fonts = fonts or system_fonts(half)

    def draw(self, seed: int, lines: int) -> Scene:
        """A picture with as many lines as find room, as a JPEG leaves it."""
        rng = random.Random(f"{self._half} {lines} {seed}")  # noqa: S311 (reproducible, no secret)
        width = rng.choice(WIDTHS)
        size = width, int(width * rng.choice(PROPORTIONS))
        sheet = Sheet(rng, backdrop(rng, size, self._photos))
        for _ in range(lines):
            sheet.write(phrase(rng, self._half), rng.choice(self._fonts))
        return _decoded(sheet, rng.randrange(WORST, BEST))


def _decoded(sheet: Sheet, quality: int) -> Scene:
    """What was written, in the pixels that detectors see."""
    file = BytesIO()
    sheet.image.save(file, "JPEG", quality=quality)
    found = decode(file.getvalue())
    assert isinstance(found, Decoded)
    height, width = found.picture.pixels.shape[:2]
    scale = width / sheet.image.width
    lines = (Line(line.text, _scaled(line.box, scale)) for line in sheet.lines)
    return Scene(found.picture, tuple(lines), sheet.mask.resize((width, height)))


def _scaled(box: Box, scale: float) -> Box:
    left, top, right, bottom = box
    return left * scale, top * scale, right * scale, bottom * scale
