"""Pictures made for tests, as files in memory."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from shelfguard.images.decode import Decoded, decode

SIZE = (96, 64)
PATCHES = np.random.default_rng(7).integers(0, 256, (4, 6, 3), dtype=np.uint8)
PHOTO = Image.fromarray(PATCHES).resize(SIZE, Image.Resampling.BICUBIC)
"""Soft patches of colour, no two corners alike."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")


def encoded(image: Image.Image = PHOTO, format: str = "JPEG", **options: Any) -> bytes:  # noqa: A002
    """The file of a picture."""
    stream = BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def animation(format: str, frames: int = 3) -> bytes:  # noqa: A002
    """`PHOTO`, then it again, ever more turned."""
    more = [PHOTO.rotate(30 * turn) for turn in range(1, frames)]
    return encoded(format=format, save_all=True, append_images=more)


def decoded(data: bytes, name: str = "") -> Decoded:
    """A picture that has to decode."""
    found = decode(data, name)
    assert isinstance(found, Decoded), found
    return found


def distance(data: bytes, expected: Image.Image = PHOTO) -> float:
    """Mean difference in levels (0 to 255) between a file's picture and the one expected."""
    pixels = decoded(data).picture.pixels.astype(float)
    return float(np.abs(pixels - np.asarray(expected.convert("RGB"), float)).mean())
