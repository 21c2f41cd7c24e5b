"""How likely a picture shows nudity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfguard.images.network import Network
from shelfguard.images.picture import Picture
from shelfguard.images.resize import resized

CODE_VERSION = 1

RESIZED, SIDE = 256, 224
"""The picture is stretched to the first, and the middle of it read: as the network was trained."""

MEAN_BGR = np.array([104, 117, 123], np.float32)


@dataclass(frozen=True, slots=True)
class Nudity:
    """A network's opinion, to be calibrated before anyone acts on it."""

    probability: float
    """From 0 to 1. Yahoo calls scores below 0.2 safe and above 0.8 very likely not."""


class NudityDetector:
    """Open NSFW, a thin ResNet-50 (Mahadeokar and Pesavento, Yahoo, 2016).

    It learned from photos of people: drawings, text and violence are beyond it. The reference
    compresses each picture once more as JPEG, which is left out here.

    Raises:
        ModelError: the graph does not take 224 x 224 pixels, colours last.
    """

    name = "nudity"

    def __init__(self, graph: Path) -> None:
        self._network = Network(graph, (1, SIDE, SIDE, 3), (1, 2))
        self.version = f"{CODE_VERSION}+{self._network.version}"

    def read(self, picture: Picture) -> Nudity:
        """Judge one picture."""
        start = (RESIZED - SIDE) // 2
        middle = slice(start, start + SIDE)
        square = resized(picture.pixels, RESIZED, RESIZED)[middle, middle]
        tensor = np.ascontiguousarray(square[None, ..., ::-1] - MEAN_BGR)
        _safe, unsafe = self._network.run(tensor)[0].tolist()
        return Nudity(round(unsafe, 5))
