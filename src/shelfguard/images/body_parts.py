"""Body parts found by a detector that the operator brings, such as NudeNet's.

NudeNet's weights are under the AGPL-3.0: Shelfguard neither ships nor installs them. An operator
who may use them names the graph and its labels, in the graph's order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.images.network import DIGEST_LETTERS, Network
from shelfguard.images.overlap import suppress
from shelfguard.images.picture import Box, Picture
from shelfguard.images.preparation import Fit, Preparation

Floats = npt.NDArray[np.float32]

CODE_VERSION = 1

PREPARATION = Preparation(320, mean=(0.0,) * 3, deviation=(255.0,) * 3, fit=Fit.PADDED)

MIN_PROBABILITY = 0.2
MAX_OVERLAP = 0.45
"""Of boxes with one label that share this much (intersection over union), the surest is kept."""


@dataclass(frozen=True, slots=True)
class BodyPart:
    """What is where, and how sure the network is."""

    label: str
    probability: float
    box: Box


@dataclass(frozen=True, slots=True)
class BodyParts:
    """The surest first."""

    parts: tuple[BodyPart, ...]


class BodyPartDetector:
    """A graph of YOLOv8's form: from [1, 3, 320, 320] to [1, 4 + labels, boxes], each box with its
    middle, width and height in pixels and a probability for each label.

    Raises:
        ModelError: the graph takes other pictures.
    """

    name = "body-parts"

    def __init__(self, graph: Path, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        takes = (1, 3, PREPARATION.side, PREPARATION.side)
        self._network = Network(graph, takes, (1, 4 + len(labels), None))
        named = hashlib.sha256("\n".join(labels).encode()).hexdigest()
        self.version = f"{CODE_VERSION}+{self._network.version}+{named[:DIGEST_LETTERS]}"

    def read(self, picture: Picture) -> BodyParts:
        """Look at one picture.

        Raises:
            ModelError: the graph gives something else, or knows another number of labels.
        """
        found = self._network.run(PREPARATION.tensor(picture.pixels))[0]
        parts = [
            part
            for label, likely in zip(self._labels, found[4:], strict=True)
            for part in _parts(found[:4].T, likely, label, picture)
        ]
        return BodyParts(tuple(sorted(parts, key=lambda part: (-part.probability, part.label))))


def _parts(boxes: Floats, likely: Floats, label: str, picture: Picture) -> Iterator[BodyPart]:
    """The parts of one label among `boxes` [n, 4]."""
    sure = np.flatnonzero(likely >= MIN_PROBABILITY)
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)
    for place in sure[suppress(corners[sure], likely[sure], MAX_OVERLAP)].tolist():
        yield BodyPart(label, round(float(likely[place]), 5), _in_picture(corners[place], picture))


def _in_picture(corners: Floats, picture: Picture) -> Box:
    """Corners [4] on the padded square as shares of the picture."""
    size = np.array(picture.pixels.shape[1::-1])
    start = (max(size) - size) // 2
    scaled = corners.reshape(2, 2) * (max(size) / PREPARATION.side)
    (left, top), (right, bottom) = ((scaled - start) / size).clip(0, 1).round(4).tolist()
    return Box(left, top, right, bottom)
