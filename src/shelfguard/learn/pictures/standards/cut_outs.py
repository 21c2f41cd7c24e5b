"""Objects cut out of photos, where one stands out whole and clearly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from shelfguard.images.framing import FramingDetector
from shelfguard.images.masks import Mask
from shelfguard.images.picture import Picture

LONG_SIDE = 1600
"""Pixels of the photos that are cut from."""

MOST_DOUBT, LEAST_COVERAGE, MOST_PIECES = 0.12, 0.04, 1
"""What a photo must show for its object to be cut out."""


def cut_outs(photos: Iterable[Path], framing: FramingDetector) -> Iterator[Image.Image]:
    """The object [RGBA] of each photo that shows one whole, and not its ground with it."""
    for path in photos:
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        image.thumbnail((LONG_SIDE, LONG_SIDE))
        found = framing.read(Picture("", "", *image.size, 1, np.asarray(image)))
        clear = found.doubt <= MOST_DOUBT and found.objects <= MOST_PIECES and not found.touches
        if clear and found.coverage >= LEAST_COVERAGE:
            image.putalpha(_smooth(found.mask, image.size))
            yield image.crop(image.getchannel("A").getbbox())


def _smooth(mask: Mask, size: tuple[int, int]) -> Image.Image:
    """A coarse mask [L] at the size of its picture, its steps smoothed out."""
    coarse = Image.fromarray(mask.region().astype(np.uint8) * 255)
    radius = max(size) / max(coarse.size) * 0.7
    soft = coarse.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(radius))
    return soft.point(lambda value: max(0, min(255, (value - 128) * 4 + 100)))
