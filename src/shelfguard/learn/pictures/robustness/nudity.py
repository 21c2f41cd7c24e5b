"""Trial of the nudity detector, on what it must let pass: no lawful set with nudity is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from shelfguard.images.sensitive import NudityDetector
from shelfguard.images.sources import OPEN_NSFW, find
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded
from shelfguard.learn.pictures.robustness.trial import Count, Subject, Trial

SAFE = 0.2
"""Below this Yahoo calls a picture safe."""


def trial(materials: Materials) -> Trial:
    """Ordinary pictures.

    Raises:
        ModelError: the network is not installed.
    """
    about = {"nudity": f"ordinary pictures whose score stays below {SAFE}; no recall is measured"}
    return Trial(about, _subjects(NudityDetector(find(OPEN_NSFW)), materials))


def _subjects(detector: NudityDetector, materials: Materials) -> Iterator[Subject]:
    for group, picture in decoded(materials.everyday()):
        yield Subject(group, picture, partial(_judge, detector))


def _judge(detector: NudityDetector, changed: Changed) -> dict[str, Count]:
    return {"nudity": Count(int(detector.read(changed.picture).probability < SAFE))}
