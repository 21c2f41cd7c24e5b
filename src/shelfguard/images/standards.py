"""What the house rules on pictures are judged by: a picture's readings as named numbers.

MKT-IMG-001 asks for the product alone on a plain light ground, MKT-IMG-002 for no added text,
code or border, MKT-IMG-003 for a sharp picture of at least 800 pixels and no placeholder.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from shelfguard.images.cielab import to_lab
from shelfguard.images.framing import Framing
from shelfguard.images.overlays import Overlays
from shelfguard.images.placeholders import is_placeholder_text
from shelfguard.images.quality import Quality
from shelfguard.images.readings import Readings

ALONE, NO_TEXT, QUALITY = "MKT-IMG-001", "MKT-IMG-002", "MKT-IMG-003"
CLAUSES = (ALONE, NO_TEXT, QUALITY)

LEAST_SIDE = 800
"""Pixels of the long side that MKT-IMG-003 asks for."""

MAJORITY = 0.5
"""A product that covers less leaves the picture's median colour to the background, and a picture
with more near-white is on white."""

UNKNOWN = float("nan")

Features = dict[str, float]


def features(readings: Readings, *, is_main: bool) -> dict[str, Features]:
    """The numbers of each clause that can be judged, NaN where one is unknown.

    A clause is absent where a detector that it needs did not run or failed, and MKT-IMG-001 for
    every picture but the main one and for swatches, which have no background.
    """
    found = {clause: measure(readings, is_main) for clause, measure in MEASURES.items()}
    return {clause: numbers for clause, numbers in found.items() if numbers is not None}


def _alone(readings: Readings, is_main: bool) -> Features | None:
    framing, quality = readings.framing, readings.quality
    if not is_main or framing is None or quality is None or quality.one_colour:
        return None
    lightness, chroma = _ground_colour(framing, quality)
    left, top, right, bottom = framing.margins
    return {
        "coverage": framing.coverage,
        "extent": max(1 - left - right, 1 - top - bottom, 0.0),
        "least_margin": min(framing.margins),
        "touches": len(framing.touches),
        "objects": framing.objects,
        "white_border": framing.white_border,
        "white_background": framing.white_background,
        "plain_background": framing.plain_background,
        "background_lightness": lightness,
        "background_chroma": chroma,
        "lightest": quality.lightest,
    }


def _ground_colour(framing: Framing, quality: Quality) -> tuple[float, float]:
    """L* and C* of the background where it takes most of the picture, else unknown."""
    if framing.coverage > MAJORITY:
        return UNKNOWN, UNKNOWN
    channels = bytes.fromhex(quality.main_colour.removeprefix("#"))
    lightness, a, b = to_lab(np.frombuffer(channels, np.uint8)).tolist()
    return lightness, float(np.hypot(a, b))


def _no_text(readings: Readings, is_main: bool) -> Features | None:
    overlays = Overlays.of(readings, is_main=is_main)
    return overlays.features() if overlays else None


def _quality(readings: Readings, is_main: bool) -> Features | None:
    quality, text = readings.quality, readings.text
    if quality is None:
        return None
    # A swatch is no placeholder, and a small product on white looks as flat as one.
    tells = not quality.one_colour and quality.white < MAJORITY
    return {
        "long_side": max(quality.width, quality.height),
        "too_small": float(max(quality.width, quality.height) < LEAST_SIDE),
        # Where no part has any contrast there is nothing that could be sharp.
        "focus": quality.focus or UNKNOWN,
        "blank": quality.blank,
        "one_colour": float(quality.one_colour),
        "flat_ground": quality.main_share if tells else UNKNOWN,
        "tonal_range": quality.lightest - quality.darkest if tells else UNKNOWN,
        "placeholder_text": UNKNOWN if text is None else float(is_placeholder_text(text)),
    }


MEASURES: dict[str, Callable[[Readings, bool], Features | None]] = {
    ALONE: _alone,
    NO_TEXT: _no_text,
    QUALITY: _quality,
}
