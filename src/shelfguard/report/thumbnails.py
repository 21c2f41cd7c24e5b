"""Small copies of pictures to embed in the page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from shelfguard.images.decode import decode
from shelfguard.images.outcome import Failure
from shelfguard.images.resize import size_within

LONG_SIDE = 360
QUALITY = 80
"""Of JPEG: some 20 KB a picture."""

BLURRED_SIDE = 8
"""Pixels of the long side: colours are left, and nothing else."""


@dataclass(frozen=True)
class Thumbnail:
    """Both pictures are `data:` addresses; `blurred` is there for a sensitive picture."""

    address: str
    blurred: str | None
    width: int
    height: int


def thumbnail(data: bytes, *, sensitive: bool) -> Thumbnail | Failure:
    """A picture file's first frame made small; a sensitive one without its colours."""
    decoded = decode(data)
    if isinstance(decoded, Failure):
        return decoded
    image = Image.fromarray(decoded.picture.pixels)
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    if not sensitive:
        return Thumbnail(_address(image), None, image.width, image.height)
    grey = image.convert("L")
    blurred = grey.resize(size_within(grey.size, BLURRED_SIDE), Image.Resampling.BOX)
    return Thumbnail(_address(grey), _address(blurred), image.width, image.height)


def _address(image: Image.Image) -> str:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
