"""Trial of the code reader: QR codes and barcodes laid into photos."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image

from shelfguard.images.codes import Code
from shelfguard.images.detectors import build_detectors
from shelfguard.images.picture import Box, Picture
from shelfguard.images.readings import Detector
from shelfguard.learn.pictures.robustness.changed import WHOLE, Changed
from shelfguard.learn.pictures.robustness.materials import Materials, decoded, thinned
from shelfguard.learn.pictures.robustness.trial import NOT_ASKED, Count, Subject, Trial
from shelfguard.learn.pictures.standards import lettering

ROWS = {"QR Code": "codes, QR", "EAN-13": "codes, EAN-13"}
"""By the standard's name."""

SIDE = (0.2, 0.35)
"""Of a code, as a share of the picture's shorter side."""


def trial(materials: Materials) -> Trial:
    """Photos with one code each, somewhere in the picture.

    Raises:
        ModelError: the library that reads codes is not installed.
    """
    detector = build_detectors(("codes",), {})["codes"]
    about = {
        name: f"{kind} of 20 to 35 % of a photo's shorter side, read" for kind, name in ROWS.items()
    }
    return Trial(about, _subjects(detector, materials))


def _subjects(detector: Detector, materials: Materials) -> Iterator[Subject]:
    rng = random.Random(0)  # noqa: S311 (a reproducible draw, no secret)
    photos = thinned(materials.photos, materials.most)
    times = -(-materials.most // max(1, len(photos)))
    for group, photo in (each for each in decoded(photos) for _ in range(times)):
        if made := _with_code(detector, photo, rng):
            picture, code = made
            yield Subject(group, picture, partial(_judge, detector, code))


def _with_code(
    detector: Detector, photo: Picture, rng: random.Random
) -> tuple[Picture, Code] | None:
    """A photo with a code laid into it, and what that code is when read by itself.

    None where the photo is too small for a code that can be read.
    """
    image = Image.fromarray(photo.pixels)
    drawn = lettering.code(rng, int(min(image.size) * rng.uniform(*SIDE)))
    if drawn.width > image.width or drawn.height > image.height:
        return None
    (alone,) = detector.read(replace(photo, pixels=np.asarray(drawn))).codes
    left = rng.randrange(image.width - drawn.width + 1)
    top = rng.randrange(image.height - drawn.height + 1)
    image.paste(drawn, (left, top))
    place = Box(
        left / image.width,
        top / image.height,
        (left + drawn.width) / image.width,
        (top + drawn.height) / image.height,
    )
    return replace(photo, pixels=np.asarray(image)), Code(alone.kind, alone.text, place)


def _judge(detector: Detector, code: Code, changed: Changed) -> dict[str, Count]:
    name = ROWS[code.kind]
    if not changed.box(code.box, WHOLE):
        return {name: NOT_ASKED}
    found = detector.read(changed.picture).codes
    is_read = any((each.kind, each.text) == (code.kind, code.text) for each in found)
    return {name: Count(int(is_read))}
