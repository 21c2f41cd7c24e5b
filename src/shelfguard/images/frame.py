"""A frame laid round a picture, or bars at two of its sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from shelfguard.images.cielab import Floats, difference, to_lab
from shelfguard.images.picture import Pixels
from shelfguard.images.resize import resized

GRID = 256
"""Pixels of either side while looking for lines of one colour."""

SAME = 8.0
"""Colour difference (CIE76) up to which pixels are of one colour: most compression stays below."""

UNIFORM, ABRUPT = 0.95, 0.8
"""A band is lines with this share of one colour, and ends where this share of a line has others.
So the white space round a product is no band: its last line meets only the product's tip."""

MAX_BAND = 0.2
"""Of the height or width: what is wider is the picture's own ground."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Thickness of the bands of one colour, as shares of height or width; 0 where there is none.

    Bands count in pairs: all four make a frame, two are bars. A box photographed on white and
    filling the picture has the same look as a photo framed in white: judge by `colour`.
    """

    left: float
    top: float
    right: float
    bottom: float
    colour: str | None
    """Median colour of the bands as #rrggbb."""

    @property
    def on_all_sides(self) -> bool:
        """Whether it is a frame rather than bars."""
        return min(self.left, self.top, self.right, self.bottom) > 0


def find_frame(pixels: Pixels) -> Frame:
    """Look for bands in pixels [height, width, 3]."""
    square = resized(pixels, GRID, GRID, Image.Resampling.BOX)
    left, top, right, bottom = _bands(to_lab(square))
    outside = np.ones((GRID, GRID), np.bool_)
    outside[top : GRID - bottom, left : GRID - right] = False
    colour = hex_colour(square[outside]) if outside.any() else None
    return Frame(left / GRID, top / GRID, right / GRID, bottom / GRID, colour)


def hex_colour(pixels: Pixels) -> str:
    """The median colour of pixels [n, 3] as #rrggbb."""
    red, green, blue = np.median(pixels, axis=0).astype(int).tolist()
    return f"#{red:02x}{green:02x}{blue:02x}"


def _bands(lab: Floats) -> tuple[int, int, int, int]:
    """Thickness at the left, top, right and bottom, in pixels of the grid."""
    across = lab.swapaxes(0, 1)
    left, top, right, bottom = (_depth(v) for v in (across, lab, across[::-1], lab[::-1]))
    rows, columns = slice(top, GRID - bottom), slice(left, GRID - right)
    upright = _ends(across, left, rows) and _ends(across[::-1], right, rows)
    level = _ends(lab, top, columns) and _ends(lab[::-1], bottom, columns)
    left, right = (left, right) if upright else (0, 0)
    top, bottom = (top, bottom) if level else (0, 0)
    return left, top, right, bottom


def _depth(lines: Floats) -> int:
    """How many lines [line, place, 3] from the first have one colour, the first line's."""
    alike = (_apart(lines) <= SAME).mean(axis=1) >= UNIFORM
    return int(np.append(alike, False).argmin())


def _ends(lines: Floats, depth: int, places: slice) -> bool:
    """Whether a band of this depth is thin, and what follows has another colour all along."""
    if not 0 < depth <= MAX_BAND * GRID or places.start >= places.stop:
        return False
    # The line in between may be half band and half picture.
    return bool((_apart(lines)[depth + 1, places] > SAME).mean() >= ABRUPT)


def _apart(lines: Floats) -> Floats:
    """Difference of each place from the first line's median colour."""
    return difference(lines, np.median(lines[0], axis=0))
