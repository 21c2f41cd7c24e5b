"""How good a detector is: read off marked pictures that it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.objects import FoundObject, ObjectDetector
from shelfguard.learn.evaluate.resampling import Estimate, Measure, Resamples, bootstrap
from shelfguard.learn.pictures.average_precision import (
    HALF,
    STRICT,
    AveragePrecision,
    Found,
    Marked,
    matches,
    mean_average_precision,
)
from shelfguard.learn.pictures.boxes import MarkedPicture
from shelfguard.learn.pictures.platt import platt
from shelfguard.learn.pictures.ranking import ranking_measures

FEWEST = 10
"""Found objects, right and wrong ones each, to calibrate on."""


def find_all(
    detector: ObjectDetector, pictures: Sequence[MarkedPicture]
) -> list[tuple[FoundObject, ...]]:
    """What a detector finds in each picture; nothing in one that cannot be decoded."""
    found = []
    for each in pictures:
        decoded = decode(each.file.read_bytes(), each.file.name)
        found.append(detector.read(decoded.picture).found if isinstance(decoded, Decoded) else ())
    return found


def figures(
    found: Found, pictures: Sequence[MarkedPicture], labels: Sequence[str]
) -> dict[str, Estimate]:
    """Precision of boxes and ranking of pictures, with 95 % intervals over groups of pictures."""
    marked = [each.objects for each in pictures]
    groups = [each.group for each in pictures]
    resamples = Resamples.of_groups(np.ones(len(pictures)), groups)
    measures: dict[str, Measure] = {
        "average_precision_50": mean_average_precision(found, marked, labels),
        "average_precision_50_95": mean_average_precision(found, marked, labels, STRICT),
    }
    for label in labels:
        name = f"average_precision_50_{label.replace(' ', '_')}"
        measures[name] = AveragePrecision(found, marked, label)
    measures |= picture_measures(found, marked)
    return {name: bootstrap(measure, resamples) for name, measure in measures.items()}


def picture_measures(found: Found, marked: Marked) -> dict[str, Measure]:
    """Whether a picture shows any object at all: its likeliest one tells."""
    shows = np.array([[float(bool(objects))] for objects in marked])
    scores = np.array([[max((each.score for each in one), default=0.0)] for one in found])
    return ranking_measures(shows, scores)


def scale(found: Found, marked: Marked, labels: Sequence[str]) -> tuple[float, float]:
    """Slope and intercept from log-odds of scores to those of being right (Platt, 1999).

    Right is a box that shares half with a marked one. Pictures without objects weigh as much in all
    as those with some, however few there are. With too few right or wrong boxes, scores stay as
    they are.
    """
    right, scores, weights = [], [], []
    shows = sum(map(bool, marked))
    of_empty = shows / max(1, len(marked) - shows)
    for objects, wanted in zip(found, marked, strict=True):
        for label in labels:
            told = [each.score for each in objects if each.label == label]
            right += matches(objects, wanted, label, HALF).tolist()
            scores += told
            weights += [1.0 if wanted else of_empty] * len(told)
    truth = np.array(right, np.bool_)
    if min(truth.sum(), (~truth).sum()) < FEWEST:
        return 1.0, 0.0
    sure = np.clip(np.array(scores), 1e-5, 1 - 1e-5)
    return platt(np.log(sure / (1 - sure)), truth, np.array(weights))
