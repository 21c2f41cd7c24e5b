"""How likely each pixel of a picture belongs to text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.images.network import Network
from shelfguard.images.picture import Pixels

Floats = npt.NDArray[np.float32]

STRIDE = 32
"""The network halves its input five times."""


class TextMap:
    """The detection network of PP-OCR (differentiable binarization, Liao et al., 2020).

    Raises:
        ModelError: the file is no such network.
    """

    def __init__(self, graph: Path) -> None:
        self._network = Network(graph, (None, 3, None, None), (1, 1, None, None))
        self.version = self._network.version

    def probabilities(self, pixels: Pixels) -> Floats:
        """Probability of text [height, width] of each pixel of `pixels` [height, width, 3]."""
        height, width = pixels.shape[:2]
        return self._network.run(padded_tensor(pixels, STRIDE))[0, 0, :height, :width]


def padded_tensor(pixels: Pixels, stride: int) -> Floats:
    """A tensor whose sides are multiples of `stride`: the picture's edge goes on."""
    height, width = pixels.shape[:2]
    margin = ((0, -height % stride), (0, -width % stride), (0, 0))
    return as_tensor(np.pad(pixels, margin, mode="edge"))


def as_tensor(pixels: Pixels) -> Floats:
    """What PP-OCR's networks take: [1, 3, height, width], blue first, from -1 to 1."""
    scaled = pixels[None, :, :, ::-1].astype(np.float32) / np.float32(127.5) - 1
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
