"""Trial of the framing detector: whether the product is found where it went."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from shelfguard.images.framing import FramingDetector
from shelfguard.images.masks import Region
from shelfguard.images.picture import Picture
from shelfguard.images.sources import U2NETP, find
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.drawn import composed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded, thinned
from shelfguard.learn.pictures.robustness.trial import NOT_ASKED, Count, Subject, Trial

LEAST_OVERLAP = 0.8
"""Intersection over union of two masks of one product."""

PHOTOS, COMPOSED = "framing, photos", "framing, composed"


def trial(materials: Materials) -> Trial:
    """Photos, and products put on plain and busy grounds.

    Raises:
        DataError: no font is installed.
        ModelError: the network is not installed.
    """
    what = f"masks that overlap (IoU) the original's, moved along, by at least {LEAST_OVERLAP}"
    about = {PHOTOS: f"ordinary pictures: {what}", COMPOSED: f"drawn product pictures: {what}"}
    return Trial(about, _subjects(FramingDetector(find(U2NETP)), materials))


def _subjects(detector: FramingDetector, materials: Materials) -> Iterator[Subject]:
    half = materials.most // 2
    for group, photo in decoded(thinned(materials.everyday(), half)):
        yield subject(detector, PHOTOS, group, photo)
    for name, picture in composed(materials.photos, half):
        yield subject(detector, COMPOSED, name, picture)


def subject(detector: FramingDetector, name: str, group: str, picture: Picture) -> Subject:
    """A picture whose product is looked for wherever it went."""
    product = detector.read(picture).mask.region()
    return Subject(group, picture, partial(_judge, detector, name, product))


def _judge(
    detector: FramingDetector, name: str, product: Region, changed: Changed
) -> dict[str, Count]:
    found = detector.read(changed.picture).mask.region()
    wanted = changed.region(product, found.shape)
    if not wanted.any():
        return {name: NOT_ASKED}
    return {name: Count(int(overlap(found, wanted) >= LEAST_OVERLAP))}


def overlap(one: Region, other: Region) -> float:
    """Intersection over union of two regions, one of which holds something."""
    return float(np.sum(one & other) / np.sum(one | other))
