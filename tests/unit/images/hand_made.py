"""Readings made by hand: a product on white that keeps every rule, and what to change of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from shelfguard.images.codes import Code, Codes
from shelfguard.images.frame import Frame
from shelfguard.images.framing import Framing
from shelfguard.images.masks import Mask, Region, bounding_box
from shelfguard.images.picture import Box
from shelfguard.images.quality import Quality
from shelfguard.images.readings import Readings
from shelfguard.images.text_lines import TextLine, TextLines

PRODUCT = Box(0.2, 0.1, 0.8, 0.9)
GRID = 100

NO_FRAME = Frame(0, 0, 0, 0, None)


def region(*boxes: Box) -> Region:
    """A grid with some boxes marked."""
    marked = np.zeros((GRID, GRID), np.bool_)
    for box in boxes:
        rows = slice(round(box.top * GRID), round(box.bottom * GRID))
        marked[rows, round(box.left * GRID) : round(box.right * GRID)] = True
    return marked


def framing(*boxes: Box, **changes: Any) -> Framing:
    """A product that covers some boxes, on white."""
    marked = region(*boxes)
    found = Framing(
        coverage=float(marked.mean()),
        box=bounding_box(marked),
        touches=(),
        objects=len(boxes),
        doubt=0.02,
        white_border=1.0,
        white_background=1.0,
        plain_background=1.0,
        mask=Mask.of(marked),
    )
    return replace(found, **changes)


def quality(**changes: Any) -> Quality:
    """A sharp picture of 1,000 x 1,000 pixels."""
    found = Quality(
        width=1000,
        height=1000,
        focus=0.9,
        darkest=20.0,
        middle=90.0,
        lightest=100.0,
        black=0.0,
        white=0.5,
        main_colour="#ffffff",
        main_share=0.5,
        blank=0.4,
        frame=NO_FRAME,
    )
    return replace(found, **changes)


def readings(**changes: Any) -> Readings:
    """All that detectors say of a picture that keeps every rule."""
    found = Readings(
        "0" * 64,
        1000,
        1000,
        codes=Codes(()),
        framing=framing(PRODUCT),
        quality=quality(),
        text=TextLines(()),
    )
    return replace(found, **changes)


def lines(*written: tuple[str, Box]) -> TextLines:
    """Lines of text at some places."""
    return TextLines(tuple(TextLine(text, 0.95, box) for text, box in written))


def codes(*places: Box) -> Codes:
    """QR codes at some places."""
    return Codes(tuple(Code("QR Code", "https://example.org", box) for box in places))
