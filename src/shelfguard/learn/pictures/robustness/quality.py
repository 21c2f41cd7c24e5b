"""Trial of what is measured without a model: blur and size."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image

from shelfguard.images.quality import Quality, QualityDetector
from shelfguard.images.standards import LEAST_SIDE
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded, thinned
from shelfguard.learn.pictures.robustness.trial import Count, Subject, Trial
from shelfguard.learn.pictures.standards import faults

BLURRED = 0.15
"""The focus below which `Quality` calls a picture blurred."""

Make = Callable[[random.Random, Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a photo is made into, and whether that is still seen."""

    about: str
    make: Make
    is_seen: Callable[[Quality], bool]


FAULTS = {
    "quality, blurred": Fault(
        f"photos blurred by 2.2 to 6 pixels of 512, found blurred (focus below {BLURRED})",
        faults.out_of_focus,
        lambda quality: quality.focus < BLURRED,
    ),
    "quality, sharp": Fault(
        "photos as they are, not found blurred",
        lambda _, image: image,
        lambda quality: quality.focus >= BLURRED,
    ),
    "quality, small": Fault(
        f"photos reduced below {LEAST_SIDE} pixels, found too small",
        faults.reduced,
        lambda quality: max(quality.width, quality.height) < LEAST_SIDE,
    ),
}


def trial(materials: Materials) -> Trial:
    """Each photo blurred, as it is, and reduced."""
    return Trial({name: fault.about for name, fault in FAULTS.items()}, _subjects(materials))


def _subjects(materials: Materials) -> Iterator[Subject]:
    detector, rng = QualityDetector(), random.Random(0)  # noqa: S311 (a reproducible draw)
    for group, photo in decoded(thinned(materials.photos, materials.most)):
        for name, fault in FAULTS.items():
            image = fault.make(rng, Image.fromarray(photo.pixels))
            picture = replace(
                photo, width=image.width, height=image.height, pixels=np.asarray(image)
            )
            yield Subject(group, picture, partial(_judge, detector, name))


def _judge(detector: QualityDetector, name: str, changed: Changed) -> dict[str, Count]:
    return {name: Count(int(FAULTS[name].is_seen(detector.read(changed.picture))))}
