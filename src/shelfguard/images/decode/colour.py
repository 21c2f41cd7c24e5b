"""Colours of any kind turned into sRGB on white, as a shop's page would show them."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from shelfguard.images.outcome import PictureError, Reason

MODES = {
    "1": "L",
    "L": "L",
    "P": "RGB",
    "RGB": "RGB",
    "RGBX": "RGB",
    "YCbCr": "RGB",
    "CMYK": "CMYK",
}
"""What Pillow's modes without transparency become: grey, colour or ink."""

SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")

MAX_PROFILE = 8_000_000
"""Bytes; printers' profiles have up to three million."""


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture in mode L, RGB, RGBA or CMYK.

    Raises:
        PictureError: it is of a kind that only instruments write.
    """
    if image.mode in SIXTEEN_BIT:
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        mode = "RGBA"
    elif image.mode in MODES:
        mode = MODES[image.mode]
    else:
        raise PictureError(Reason.UNSUPPORTED, f"Pixels of kind {image.mode} are not read")
    return image if image.mode == mode else image.convert(mode)


def on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture of `eight_bit` in sRGB, laid on white where it is transparent."""
    if image.mode != "RGBA":
        return _to_srgb(image, profile)
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(_to_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
    return canvas


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and len(profile) <= MAX_PROFILE:
        # A broken profile, or one for another kind of colours, is ignored as browsers do.
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            return _transform(profile, image.mode).apply(image)
    return image.convert("RGB")


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    """From a profile to sRGB; shops use the same few for all their pictures."""
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
