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
