"""Rows whose labels follow from their numbers."""

from __future__ import annotations

import numpy as np

from shelfguard.images.standards import QUALITY, features
from shelfguard.learn.pictures.standards.kinds import KINDS
from shelfguard.learn.pictures.standards.rows import Rows
from tests.unit.images.hand_made import quality, readings

BY_NAME = {kind.name: kind for kind in KINDS}


def blurred_and_sharp(count: int, seed: int) -> Rows:
    """Pictures in turn sharp, sharp and smooth, and blurred; one in ten of each has no text."""
    rng = np.random.default_rng(seed)
    names = ["product on white", "soft photo as ground", "out of focus"] * (count // 3)
    focus = [rng.uniform(0, 0.2) if n == "out of focus" else rng.uniform(0.3, 2) for n in names]
    seen = [
        readings(quality=quality(focus=each), **({"text": None} if number % 10 == 0 else {}))
        for number, each in enumerate(focus)
    ]
    numbers = [features(each, is_main=True)[QUALITY] for each in seen]
    labels = np.array([n == "out of focus" for n in names], np.float32)
    return Rows(numbers, labels, [BY_NAME[name] for name in names])
