"""Pictures as files, some of an unusual but sound kind."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import PurePath

from PIL import Image
from PIL.ExifTags import Base

QUALITY = 76
COLOURS = 256
"""Of the transparent PNG, which would otherwise be many times as large."""

SIDEWAYS = 6
"""EXIF's orientation of a phone held upright: to be turned clockwise by 90 degrees."""

FRAME_MILLISECONDS = 800


def encode(name: str, image: Image.Image) -> bytes:
    """The bytes of the file of this name; its extension tells the format."""
    kind = PurePath(name).suffix
    return UNUSUAL.get(name, _jpeg if kind == ".jpg" else _png)(image)


def _jpeg(image: Image.Image) -> bytes:
    return _saved(image, "JPEG", quality=QUALITY, optimize=True)


def _png(image: Image.Image) -> bytes:
    return _saved(image, "PNG", optimize=True)


def _cmyk(image: Image.Image) -> bytes:
    """As a printer's office saves it."""
    return _jpeg(image.convert("CMYK"))


def _sideways(image: Image.Image) -> bytes:
    """As a phone saves it: lying on its side, with a note on how to turn it."""
    exif = Image.Exif()
    exif[Base.Orientation] = SIDEWAYS
    turned = image.transpose(Image.Transpose.ROTATE_90)
    return _saved(turned, "JPEG", quality=QUALITY, optimize=True, exif=exif)


def _few_colours(image: Image.Image) -> bytes:
    """With a palette that has transparent entries."""
    return _png(image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))


def _animated(image: Image.Image) -> bytes:
    """The product in three colours, one after the other."""
    red, green, blue = image.split()
    others = [Image.merge("RGB", bands) for bands in ((green, blue, red), (blue, red, green))]
    motion = {"append_images": others, "duration": FRAME_MILLISECONDS, "loop": 0}
    return _saved(image, "WEBP", save_all=True, quality=QUALITY, **motion)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


UNUSUAL: dict[str, Callable[[Image.Image], bytes]] = {
    "mug_cmyk.jpg": _cmyk,
    "lamp_sideways.jpg": _sideways,
    "headphones_transparent.png": _few_colours,
    "bottle_colours.webp": _animated,
}
