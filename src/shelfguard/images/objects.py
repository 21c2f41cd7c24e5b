"""The objects in a picture that a detector was trained to find."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.errors import ModelError
from shelfguard.images.backbone import EFFICIENTNET_LITE
from shelfguard.images.network import Network, open_session
from shelfguard.images.overlap import suppress
from shelfguard.images.picture import Box, Picture
from shelfguard.images.preparation import Preparation

Floats = npt.NDArray[np.float32]

CODE_VERSION = 1

LABELS, SLOPE, INTERCEPT = "labels", "slope", "intercept"
"""What a graph's metadata name: the labels as a JSON list, and its scale of scores."""

LEAST_SCORE = 0.01
"""Below this nothing is told: no one would act on it."""

MOST_SHARED = 0.6
"""Two boxes of one label that share more are of one object."""

MOST_FOUND = 50
DECIMALS = 5
"""So that machines agree."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """`score` is the probability that an object of this label is where the box is."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Objects:
    """Most likely first."""

    found: tuple[FoundObject, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What a graph says of itself: `side` of its input, and logits to log-odds as measured."""

    side: int
    labels: tuple[str, ...]
    slope: float
    intercept: float


class ObjectDetector:
    """A one-stage detector as `shelfguard model train` writes it (`recipes/detector.yaml`).

    Its graph takes a square picture [1, 3, side, side] and gives [1, cells, 4 + labels]: left, top,
    right and bottom in shares of the square, then a logit a label.

    Raises:
        ModelError: the graph is of another kind, or says nothing of its labels.
    """

    name = "objects"

    def __init__(self, graph: Path) -> None:
        about = self._about = read_description(graph)
        mean, deviation = EFFICIENTNET_LITE.mean, EFFICIENTNET_LITE.deviation
        self._preparation = Preparation(about.side, mean, deviation, EFFICIENTNET_LITE.fit)
        takes, gives = (1, 3, about.side, about.side), (1, None, 4 + len(about.labels))
        self._network = Network(graph, takes, gives)
        self.version = f"{CODE_VERSION}+{self._network.version}"

    @property
    def labels(self) -> tuple[str, ...]:
        """All that it can find."""
        return self._about.labels

    def read(self, picture: Picture) -> Objects:
        """Find the objects of one picture."""
        cells = self._network.run(self._preparation.tensor(picture.pixels))[0]
        boxes = _in_picture(cells[:, :4], picture)
        scores = self._probabilities(cells[:, 4:])
        found = [
            each for number in range(len(self.labels)) for each in self._of(number, boxes, scores)
        ]
        ranked = sorted(found, key=lambda each: (-each.score, each.label))
        return Objects(tuple(ranked[:MOST_FOUND]))

    def _probabilities(self, logits: Floats) -> Floats:
        about = self._about
        return np.asarray(1 / (1 + np.exp(-(about.slope * logits + about.intercept))), np.float32)

    def _of(self, number: int, boxes: Floats, scores: Floats) -> list[FoundObject]:
        """The objects of one label."""
        likely = np.flatnonzero((scores[:, number] >= LEAST_SCORE) & _has_area(boxes))
        boxes, ranks = boxes[likely], scores[likely, number]
        kept = suppress(boxes, ranks, MOST_SHARED)[:MOST_FOUND]
        label = self.labels[number]
        return [
            FoundObject(label, round(float(ranks[place]), DECIMALS), Box(*boxes[place].tolist()))
            for place in kept
        ]


def read_description(graph: Path) -> Description:
    """What a graph says of its input and labels.

    Raises:
        ModelError: the file is no graph, or no detector's.
    """
    session = open_session(graph)
    told = session.get_modelmeta().custom_metadata_map
    try:
        side = int(session.get_inputs()[0].shape[-1])
        labels = tuple(map(str, json.loads(told[LABELS])))
        return Description(side, labels, float(told[SLOPE]), float(told[INTERCEPT]))
    except (KeyError, ValueError, TypeError, IndexError) as error:
        fix = "Name a graph that `shelfguard model train` wrote for a detector"
        raise ModelError(f"no object detector ({error!r})", file=graph, fix=fix) from error


def _in_picture(boxes: Floats, picture: Picture) -> Floats:
    """Shares of the square to shares of the picture in its middle, cut at the edges."""
    height, width = picture.pixels.shape[:2]
    side = max(height, width)
    margins = np.array([(side - width) // 2, (side - height) // 2] * 2)
    placed = (boxes * side - margins) / np.array([width, height] * 2)
    edges: Floats = np.round(np.clip(placed.astype(float), 0, 1), DECIMALS)
    return edges


def _has_area(boxes: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((boxes[:, :2] < boxes[:, 2:]).all(axis=1))
