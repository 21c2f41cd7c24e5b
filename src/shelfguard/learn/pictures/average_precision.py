"""Average precision of found boxes, as COCO defines it (Lin et al., 2014), with weighted pictures.

A found object is right if it shares at least some part with a marked one of its label that no
likelier one has taken. Average precision is the mean over 101 levels of recall of the best
precision at that recall or above.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shelfguard.images.objects import FoundObject
from shelfguard.images.overlap import overlaps
from shelfguard.images.picture import Box
from shelfguard.learn.evaluate.measures import NOTHING
from shelfguard.learn.evaluate.resampling import Measure, Weights
from shelfguard.learn.pictures.boxes import MarkedBox

RECALLS = np.linspace(0, 1, 101)

HALF = 0.5
STRICT = tuple(np.arange(50, 100, 5) / 100)
"""From .5 to .95: what COCO averages over."""

Flags = npt.NDArray[np.bool_]
Found = Sequence[Sequence[FoundObject]]
"""What was found in each picture, most likely first."""

Marked = Sequence[Sequence[MarkedBox]]
"""What is in each picture."""


def matches(
    found: Sequence[FoundObject], marked: Sequence[MarkedBox], label: str, share: float
) -> Flags:
    """Whether each found object of a label is right, in their order."""
    wanted = _edges([each.box for each in marked if each.label == label])
    boxes = _edges([each.box for each in found if each.label == label])
    shared = overlaps(boxes, wanted)
    right = np.zeros(len(boxes), np.bool_)
    for place, row in enumerate(shared):
        if len(row) and row.max() >= share:
            right[place] = True
            shared[:, row.argmax()] = -1  # taken
    return right


class AveragePrecision:
    """Of one label at one least share; NaN where the weighted pictures show none of it."""

    def __init__(self, found: Found, marked: Marked, label: str, share: float = HALF) -> None:
        right = [matches(*pair, label, share) for pair in zip(found, marked, strict=True)]
        scores = [each.score for objects in found for each in objects if each.label == label]
        order = np.argsort(-np.array(scores), kind="stable")
        counts = [len(flags) for flags in right]
        self._right = np.concatenate(right)[order] if scores else np.zeros(0, np.bool_)
        self._pictures = np.repeat(np.arange(len(found)), counts)[order]
        self._wanted = np.array([sum(each.label == label for each in one) for one in marked])

    def __call__(self, weights: Weights) -> float:
        total = weights @ self._wanted
        if not total:
            return NOTHING
        drawn = weights[self._pictures]
        hits, seen = np.cumsum(drawn * self._right), np.cumsum(drawn)
        precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
        best = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
        # A millionth of slack: sums of weights are floats.
        return float(best[np.searchsorted(hits / total, RECALLS - 1e-9)].mean())


def mean_average_precision(
    found: Found, marked: Marked, labels: Sequence[str], shares: Sequence[float] = (HALF,)
) -> Measure:
    """The mean over labels that the pictures show, and over least shares."""
    each = [[AveragePrecision(found, marked, label, share) for share in shares] for label in labels]

    def measure(weights: Weights) -> float:
        values = np.array([[one(weights) for one in of_label] for of_label in each])
        known = values[~np.isnan(values).any(axis=1)]
        return float(known.mean()) if len(known) else NOTHING

    return measure


def _edges(boxes: Sequence[Box]) -> npt.NDArray[np.float64]:
    edges = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    return np.array(edges, np.float64).reshape(-1, 4)
