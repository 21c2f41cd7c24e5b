"""One picture, decoded: what every detector reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, in shares of its width and height: 0 <= left < right <= 1."""

    left: float
    top: float
    right: float
    bottom: float

    def shares(self) -> tuple[float, float, float, float]:
        """As evidence states it: a tenth of a pixel in a picture of 1,000."""
        left, top, right, bottom = (
            round(side, 4) for side in (self.left, self.top, self.right, self.bottom)
        )
        return left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Picture:
    """The first frame of a picture, upright, in sRGB, on white where it was transparent.

    `pixels` [height, width, 3] may be smaller than the file's `width` x `height` (both upright, in
    pixels); `sha256` is of the file's bytes.
    """

    sha256: str
    format: str
    width: int
    height: int
    frames: int
    pixels: Pixels
