"""From a map of where text is likely to tilted rectangles, one around each line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.images.components import Points, outlines
from shelfguard.images.picture import Box

LIKELY = 0.3
"""A pixel above this belongs to text, and pixels that touch make one line (PP-OCR's setting)."""

MEAN_LIKELY = 0.5
"""An area whose mean lies below this is dropped (PP-OCR's setting)."""

LEAST_SIDE = 3
"""Pixels; anything thinner is noise (PP-OCR's setting)."""

UNCLIP = 1.6
"""Areas grow on each side by this x area / perimeter: the network marks the core of a line
(Liao et al., 2020, section 3.5; PP-OCR's setting)."""

TILTS = np.radians(np.arange(-45, 45, 0.5))
"""The directions that are tried."""


class Area(NamedTuple):
    """A rectangle in pixels, turned clockwise by `tilt` radians round its centre x, y."""

    x: float
    y: float
    width: float
    height: float
    tilt: float

    def at(self, across: Points, down: Points) -> tuple[Points, Points]:
        """The x and y of places named in shares of its own width and height."""
        right, below = (across - 0.5) * self.width, (down - 0.5) * self.height
        cosine, sine = np.cos(self.tilt), np.sin(self.tilt)
        return self.x + right * cosine - below * sine, self.y + right * sine + below * cosine

    def box(self, width: int, height: int) -> Box:
        """The upright rectangle round it, in shares of a picture of this size."""
        x, y = self.at(np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1]))
        across, down = np.clip(x / width, 0, 1), np.clip(y / height, 0, 1)
        return Box(*map(float, (across.min(), down.min(), across.max(), down.max())))


def areas(likely: npt.NDArray[np.float32]) -> list[Area]:
    """The lines in a map [height, width] of probabilities, by the method of PP-OCR."""
    cores = map(smallest_area, outlines(likely > LIKELY))
    return [
        _grown(core)
        for core in cores
        if min(core.width, core.height) >= LEAST_SIDE and _mean(likely, core) >= MEAN_LIKELY
    ]


def smallest_area(points: Points) -> Area:
    """The rectangle of least area round points [n, 2], its tilt exact to a quarter degree."""
    cosine, sine = np.cos(TILTS), np.sin(TILTS)
    along, across = points @ np.array([cosine, sine]), points @ np.array([-sine, cosine])
    widths, heights = np.ptp(along, axis=0), np.ptp(across, axis=0)
    best = int(np.argmin(widths * heights))
    right = along[:, best].min() + widths[best] / 2
    below = across[:, best].min() + heights[best] / 2
    x = right * cosine[best] - below * sine[best]
    y = right * sine[best] + below * cosine[best]
    return Area(*map(float, (x, y, widths[best], heights[best], TILTS[best])))


def _grown(core: Area) -> Area:
    growth = UNCLIP * core.width * core.height / (core.width + core.height)
    return core._replace(width=core.width + growth, height=core.height + growth)


def _mean(likely: npt.NDArray[np.float32], area: Area) -> float:
    """The mean of a map inside an area."""
    across = (np.arange(round(area.width)) + 0.5) / round(area.width)
    down = (np.arange(round(area.height)) + 0.5) / round(area.height)
    x, y = area.at(*np.meshgrid(across, down))
    height, width = likely.shape
    rows = np.clip(y.astype(int), 0, height - 1)
    return float(likely[rows, np.clip(x.astype(int), 0, width - 1)].mean())
