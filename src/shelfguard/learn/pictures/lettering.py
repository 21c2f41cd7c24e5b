"""One line of letters at any size and tilt, as masks to paint through."""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

HALO = 24
"""Pixels of font size for each pixel of the outline round letters."""


class Lettering(NamedTuple):
    """Masks of one size: 255 where a pixel is wholly covered."""

    glyphs: Image.Image
    line: Image.Image
    """The rectangle round the letters."""
    badge: Image.Image
    """The same with a margin."""

    def outlined(self, size: int) -> Image.Image:
        """The letters, which are of `size` pixels, grown on all sides."""
        return self.glyphs.filter(ImageFilter.MaxFilter(2 * (size // HALO) + 1))


def lettering(text: str, font_file: str, size: int, tilt: float) -> Lettering:
    """A line in a font of `size` pixels, turned counter-clockwise by `tilt` degrees.

    Raises:
        OSError: there is no such font.
    """
    font, margin = ImageFont.truetype(font_file, size), size // 4 + 2
    glyphs = _glyphs(text, font)
    line = Image.new("L", glyphs.size, 255)
    flat = (
        ImageOps.expand(glyphs, margin, 0),
        ImageOps.expand(line, margin, 0),
        ImageOps.expand(line, margin, 255),
    )
    turned = (mask.rotate(tilt, Image.Resampling.BICUBIC, expand=True) for mask in flat)
    return Lettering(*turned)


def _glyphs(text: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    """How much of each pixel the letters cover."""
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("L", (int(right - left), int(bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, font)
    return mask
