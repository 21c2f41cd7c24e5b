"""What can be said of a picture without knowing what it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from shelfguard.images.cielab import Floats, difference, is_near_white, to_lab
from shelfguard.images.focus import focus
from shelfguard.images.frame import Frame, find_frame, hex_colour
from shelfguard.images.picture import Picture
from shelfguard.images.resize import resized, size_within

GRID = 256
"""Long side at which colours are counted, in pixels."""

TILE = 16
BLANK_CONTRAST = 0.8
"""Standard deviation of L*: a tile with less shows nothing. The faintest outline of a white product
on white (grey 228, two of 800 pixels wide) gives 1.3, heavy JPEG compression of one colour 0.3."""

MAIN_DIFFERENCE = 8.0
"""How far (CIE76) from the main colour a pixel still counts as that colour."""

BLACK_LIGHTNESS = 3.0
"""L* below which nothing can be told apart (grey 11 of 255)."""

ONE_COLOUR_SHARE, ONE_COLOUR_BLANK = 0.98, 1.0


@dataclass(frozen=True, slots=True)
class Quality:
    """Lightness is CIE L*, from 0 for black to 100 for white."""

    width: int
    height: int
    """Both of the file, upright, in pixels."""
    focus: float
    """Sharpness of the sharpest parts (see `focus`): below 0.15 is blurred, above 0.6 sharp."""
    darkest: float
    middle: float
    lightest: float
    """Lightness that 5, 50 and 95 % of the pixels do not exceed."""
    black: float
    """Share of pixels too dark to show anything."""
    white: float
    """Share of pixels that are near-white."""
    main_colour: str
    """Median colour as #rrggbb."""
    main_share: float
    """Share of pixels close to the median colour."""
    blank: float
    """Share of the picture's tiles that show nothing at all."""
    frame: Frame

    @property
    def one_colour(self) -> bool:
        """Whether this is a swatch or an empty picture."""
        return self.main_share >= ONE_COLOUR_SHARE and self.blank >= ONE_COLOUR_BLANK


class QualityDetector:
    """Measures that need no model."""

    name = "quality"
    version = "1"

    def read(self, picture: Picture) -> Quality:
        """Measure one picture."""
        size = size_within((picture.width, picture.height), GRID)
        small = resized(picture.pixels, *size, Image.Resampling.BOX)
        lab = to_lab(small)
        darkest, middle, lightest = (float(x) for x in np.percentile(lab[..., 0], (5, 50, 95)))
        flat = small.reshape(-1, 3)
        main = np.median(lab.reshape(-1, 3), axis=0)
        return Quality(
            width=picture.width,
            height=picture.height,
            focus=round(focus(picture.pixels), 4),
            darkest=round(darkest, 2),
            middle=round(middle, 2),
            lightest=round(lightest, 2),
            black=round(float((lab[..., 0] < BLACK_LIGHTNESS).mean()), 4),
            white=round(float(is_near_white(lab).mean()), 4),
            main_colour=hex_colour(flat),
            main_share=round(float((difference(lab, main) < MAIN_DIFFERENCE).mean()), 4),
            blank=round(_blank(lab[..., 0]), 4),
            frame=find_frame(picture.pixels),
        )


def _blank(lightness: Floats) -> float:
    """Share of tiles [TILE, TILE] without any contrast, those at the edges filled up."""
    height, width = lightness.shape
    filled = np.pad(lightness, ((0, -height % TILE), (0, -width % TILE)), mode="edge")
    rows, columns = (size // TILE for size in filled.shape)
    spread = filled.reshape(rows, TILE, columns, TILE).std(axis=(1, 3))
    return float((spread < BLANK_CONTRAST).mean())
