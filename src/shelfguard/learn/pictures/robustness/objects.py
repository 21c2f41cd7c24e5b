"""Trial of the object detector: marked boxes, pictures flagged, innocent pictures passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from shelfguard.errors import DataError
from shelfguard.images.objects import FoundObject, ObjectDetector
from shelfguard.images.picture import Picture
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.average_precision import HALF, matches
from shelfguard.learn.pictures.boxes import MarkedBox, MarkedPicture, read_boxes, split
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded, thinned
from shelfguard.learn.pictures.robustness.trial import NOT_ASKED, Count, Subject, Trial

MODEL = "objects"

FALSE_POSITIVES = 0.05
"""Share of innocent pictures, as they are, in which something is found above the limit."""

IN_SIGHT = 0.5
"""Of an object that is cut by the edge: with less of it, it is not asked for."""

BOXES, FLAGGED, PASSED = "objects, boxes", "objects, pictures", "objects, innocent pictures"


def trial(materials: Materials) -> Trial:
    """Marked pictures and innocent ones of the part that detectors do not learn from.

    Raises:
        DataError: there is no folder of boxes, or no innocent picture in its test part.
        ModelError: the pack has no such detector.
    """
    detector = ObjectDetector(materials.model(MODEL))
    held_out = split(read_boxes(materials.boxes).pictures, Split.TEST)
    empty = [*(each.file for each in held_out if not each.objects), *materials.innocent]
    if not empty:
        fix = "Put pictures without objects into its negatives/, or name --innocent"
        raise DataError("no innocent pictures to set a limit on", file=materials.boxes, fix=fix)
    limit = _limit(detector, empty)
    marked = thinned([each for each in held_out if each.objects], materials.most)
    scored = f"score over {limit:.3f}, as few innocent pictures have ({FALSE_POSITIVES:g} of all)"
    about = {
        BOXES: f"marked boxes found at an overlap (IoU) of at least {HALF}; {scored}",
        FLAGGED: "pictures with a marked object in which any is found over that limit",
        PASSED: "innocent pictures in which none is found over that limit",
    }
    finder = Finder(detector, limit)
    return Trial(about, finder.subjects(marked, thinned(empty, materials.most)))


@dataclass(frozen=True, slots=True)
class Finder:
    """A detector of which only what scores over `limit` counts."""

    detector: ObjectDetector
    limit: float

    def subjects(
        self, marked: Sequence[MarkedPicture], innocent: Sequence[Path]
    ) -> Iterator[Subject]:
        """Those with objects, then those without."""
        for each in marked:
            for group, picture in decoded([each.file]):
                yield Subject(group, picture, partial(self._marked, each.objects))
        for group, picture in decoded(innocent):
            yield Subject(group, picture, self._innocent)

    def _marked(self, objects: Sequence[MarkedBox], changed: Changed) -> dict[str, Count]:
        places = [(each.label, changed.box(each.box, IN_SIGHT)) for each in objects]
        wanted = [MarkedBox(label, box) for label, box in places if box]
        found = self._found(changed.picture)
        right = sum(
            int(matches(found, wanted, label, HALF).sum()) for label in self.detector.labels
        )
        flagged = Count(int(bool(found))) if wanted else NOT_ASKED
        return {BOXES: Count(right, len(wanted)), FLAGGED: flagged}

    def _innocent(self, changed: Changed) -> dict[str, Count]:
        return {PASSED: Count(int(not self._found(changed.picture)))}

    def _found(self, picture: Picture) -> list[FoundObject]:
        return [each for each in self.detector.read(picture).found if each.score > self.limit]


def _limit(detector: ObjectDetector, innocent: Sequence[Path]) -> float:
    """The score that few innocent pictures exceed."""
    found = (detector.read(picture).found for _, picture in decoded(innocent))
    highest = [max((each.score for each in one), default=0.0) for one in found]
    return float(np.quantile(highest, 1 - FALSE_POSITIVES, method="higher"))
