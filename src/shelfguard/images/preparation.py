"""Pictures as networks want them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfguard.images.picture import Pixels
from shelfguard.images.resize import resized

Floats = npt.NDArray[np.float32]
Channels = tuple[float, float, float]

IMAGENET_MEAN: Channels = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION: Channels = (58.395, 57.12, 57.375)
"""Of red, green and blue over the training pictures of ImageNet, on the scale of 0 to 255."""


class Fit(Enum):
    """How a picture of any proportions becomes a square."""

    SQUASHED = "squashed"
    """Stretched as a whole."""
    CENTRED = "centred"
    """Only its middle."""
    PADDED = "padded"
    """As a whole, on the mean colour."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """A square of `side` pixels in RGB, less `mean` and over `deviation` (both 0 to 255)."""

    side: int
    mean: Channels = IMAGENET_MEAN
    deviation: Channels = IMAGENET_DEVIATION
    fit: Fit = Fit.SQUASHED

    def tensor(self, pixels: Pixels) -> Floats:
        """The input of a network [1, 3, side, side] from pixels [height, width, 3]."""
        square = resized(self._square(pixels), self.side, self.side, Image.Resampling.BICUBIC)
        scaled = (square - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None], np.float32)

    def _square(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        if self.fit is Fit.SQUASHED or height == width:
            return pixels
        side = min(height, width) if self.fit is Fit.CENTRED else max(height, width)
        top, left = abs(height - side) // 2, abs(width - side) // 2
        if self.fit is Fit.CENTRED:
            return pixels[top : top + side, left : left + side]
        square = np.empty((side, side, 3), np.uint8)
        square[:] = np.round(self.mean).astype(np.uint8)
        square[top : top + height, left : left + width] = pixels
        return square
