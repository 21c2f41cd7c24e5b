"""Barcodes and two-dimensional codes in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import zxingcpp

from shelfguard.images.picture import Box, Picture

CODE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Code:
    """What one code says; `kind` is its standard's name, such as `EAN-13` or `QR Code`."""

    kind: str
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a picture, from top to bottom."""

    codes: tuple[Code, ...]


class CodeReader:
    """Reads codes of all common standards, dark on light or light on dark (zxing-cpp).

    A UPC-A code is read as the EAN-13 code that it is, with a leading zero (GS1 General
    Specifications, section 5.2); a retail code whose check digit is wrong is not read. Square
    codes are read at any angle, barcodes up to some 25 degrees off level or upright.
    """

    name = "codes"
    version = f"{CODE_VERSION}+{version('zxing-cpp')}"

    def read(self, picture: Picture) -> Codes:
        """Every code that can be made out."""
        height, width = picture.pixels.shape[:2]
        pixels = np.ascontiguousarray(picture.pixels)
        view = zxingcpp.ImageView(pixels, width, height, zxingcpp.ImageFormat.RGB)
        found = zxingcpp.read_barcodes(view, text_mode=zxingcpp.TextMode.Plain)
        codes = [
            Code(str(code.format), code.text, _box(code.position, width, height)) for code in found
        ]
        return Codes(tuple(sorted(codes, key=lambda code: (code.box.top, code.box.left))))


def _box(position: zxingcpp.Position, width: int, height: int) -> Box:
    """The upright rectangle round a code, at least a pixel wide and high."""
    corners = (
        position.top_left,
        position.top_right,
        position.bottom_right,
        position.bottom_left,
    )
    left, right = _span([corner.x for corner in corners], width)
    top, bottom = _span([corner.y for corner in corners], height)
    return Box(left, top, right, bottom)


def _span(places: list[int], length: int) -> tuple[float, float]:
    """First and last of some pixels, as shares of a picture's width or height."""
    first = min(max(min(places), 0), length - 1)
    last = min(max(max(places), first + 1), length)
    return first / length, last / length
