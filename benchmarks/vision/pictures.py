"""Distinct pictures made from a few photos: the same number gives the same file."""

from __future__ import annotations

import random
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shelfguard.images.picture import Pixels
from shelfguard.learn.pictures.backdrops import backdrop, photo
from shelfguard.learn.pictures.fonts import system_fonts
from shelfguard.learn.pictures.photos import photos_in
from shelfguard.learn.pictures.phrases import phrase
from shelfguard.learn.pictures.text_sheet import Sheet

HALF = 1
"""Phrases and fonts that the text gate has not learned from."""

LEAST_WIDTH, WIDEST = 500, 1300
"""Pixels, as shops show pictures; of many sizes, as networks take memory for each."""

PROPORTIONS = (3 / 4, 1, 1, 4 / 3)

LINES = (0, 0, 1, 0, 0, 3)
"""How many lines of text the pictures have, in turn: two in three have none."""

QUALITY = 85
"""Of JPEG."""

SMALL = 256
"""Pixels of small pictures' sides: drawn and read in little time where only memory counts."""

GROUNDS = 40
"""Backdrops that small pictures are parts of."""

TINTS = (0.7, 1.3)
NOISE = 6.0
"""Standard deviation, of 255 steps: so that no two small pictures are alike."""


def every_photo(folders: Sequence[Path]) -> list[Path]:
    """The photos of scikit-image, where it is installed, and of some folders.

    Raises:
        DataError: there is no such folder, or no photo in it.
    """
    return list(dict.fromkeys(path for half in (0, 1) for path in half_of_photos(folders, half)))


def half_of_photos(folders: Sequence[Path], half: int) -> list[Path]:
    """Every other of them: half 1 has taught the text gate nothing.

    Raises:
        DataError: there is no such folder, or no photo in it.
    """
    if not folders:
        return photos_in(None, half)
    return list(dict.fromkeys(path for folder in folders for path in photos_in(folder, half)))


def shop_picture(number: int, photos: Sequence[Path]) -> bytes:
    """A JPEG file as shops show: a photo or a drawing, one in three with text.

    Raises:
        DataError: no font is installed.
    """
    rng = random.Random(number)
    width = rng.randrange(LEAST_WIDTH, WIDEST)
    size = width, int(width * rng.choice(PROPORTIONS))
    sheet = Sheet(rng, backdrop(rng, size, photos))
    for _ in range(LINES[number % len(LINES)]):
        sheet.write(phrase(rng, HALF), rng.choice(system_fonts(HALF)))
    return _jpeg(sheet.image)


class SmallPictures:
    """Small JPEG files in any number, each in about a millisecond."""

    def __init__(self, photos: Sequence[Path]) -> None:
        rng, size = random.Random(0), (2 * SMALL, 2 * SMALL)
        make = photo if photos else backdrop
        self._grounds = [np.asarray(make(rng, size, photos)) for _ in range(GROUNDS)]

    def picture(self, number: int) -> bytes:
        """A part of a backdrop, in another tint and with noise of its own."""
        rng = np.random.default_rng(number)
        part = _part(self._grounds[number % GROUNDS], rng)
        changed = part * rng.uniform(*TINTS, 3) + rng.normal(0, NOISE, part.shape)
        return _jpeg(Image.fromarray(np.clip(changed, 0, 255).astype(np.uint8)))


def _part(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    top, left = (int(rng.integers(max(1, side - SMALL))) for side in pixels.shape[:2])
    return pixels[top : top + SMALL, left : left + SMALL]


def _jpeg(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
