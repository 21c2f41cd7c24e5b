"""What in a picture speaks for a violation of a house rule, as a code and a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shelfguard.images.masks import Mask
from shelfguard.images.overlays import Overlays
from shelfguard.images.picture import Box
from shelfguard.images.placeholders import is_placeholder_text
from shelfguard.images.readings import Readings
from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY

WHOLE = Box(0, 0, 1, 1)

NOTE_OF: Mapping[str, Mapping[str, str]] = {
    ALONE: {
        "coverage": "product-small",
        "extent": "product-small",
        "touches": "product-cut-off",
        "objects": "several-objects",
        "white_border": "background-not-light",
        "white_background": "background-not-light",
        "plain_background": "background-not-plain",
        "background_lightness": "background-not-light",
        "background_chroma": "background-not-light",
        "lightest": "background-not-light",
    },
    NO_TEXT: {
        "lines_outside": "text-outside-product",
        "lines_across_outline": "text-outside-product",
        "text_outside": "text-outside-product",
        "surest_outside": "text-outside-product",
        "letters_outside": "text-outside-product",
        "widest_on_product": "text-over-product",
        "text_margin": "text-over-product",
        "off_centre": "text-over-product",
        "on_small_piece": "text-over-product",
        "repeated": "text-outside-product",
        "codes_outside": "code-outside-product",
        "border": "border",
        "border_filled": "border",
    },
    QUALITY: {
        "too_small": "too-small",
        "focus": "blurred",
        "flat_ground": "placeholder",
        "tonal_range": "placeholder",
        "placeholder_text": "placeholder",
    },
}
"""What is noted, by clause, where one of its features speaks for a violation."""

WATERMARK = "watermark"
"""Noted of a line off the product whose words stand in the picture again."""

NOTES = tuple(sorted({n for notes in NOTE_OF.values() for n in notes.values()} | {WATERMARK}))
"""Every code that a finding may carry, for whoever puts them into words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason: its code, one of `NOTES`, and where it is seen.

    `mask` is of the product; `quote` is text as it was read in the picture.
    """

    note: str
    box: Box | None = None
    mask: Mask | None = None
    quote: str | None = None


def evidence(note: str, readings: Readings, *, is_main: bool) -> Iterator[Finding]:
    """The places where what a note says is seen, most telling first; none where it is not seen."""
    return EVIDENCE.get(note, _plainly)(note, readings, is_main)


def _plainly(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    yield Finding(note)


def _product(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    framing = readings.framing
    if framing is not None:
        yield Finding(note, framing.box, framing.mask)


def _lines_outside(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    overlays = _overlays(readings, is_main)
    repeated = overlays.repeated
    for line in overlays.lines_outside:
        yield Finding(WATERMARK if line in repeated else note, line.box, quote=line.text)


def _lines_on_product(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    for line in _overlays(readings, is_main).lines_on_product:
        yield Finding(note, line.box, quote=line.text)


def _codes(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    for code in _overlays(readings, is_main).codes_outside:
        yield Finding(note, code.box, quote=code.text)


def _border(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    if _overlays(readings, is_main).border:
        yield Finding(note, WHOLE)


def _placeholder(note: str, readings: Readings, is_main: bool) -> Iterator[Finding]:
    text = readings.text
    if text is None or not is_placeholder_text(text):
        yield Finding(note)
        return
    for line in text.lines:
        yield Finding(note, line.box, quote=line.text)


def _overlays(readings: Readings, is_main: bool) -> Overlays:
    """Only asked for where the clause could be judged, so that nothing is missing."""
    overlays = Overlays.of(readings, is_main=is_main)
    assert overlays is not None
    return overlays


EVIDENCE: dict[str, Callable[[str, Readings, bool], Iterator[Finding]]] = {
    **dict.fromkeys(NOTE_OF[ALONE].values(), _product),
    "text-outside-product": _lines_outside,
    "text-over-product": _lines_on_product,
    "code-outside-product": _codes,
    "border": _border,
    "placeholder": _placeholder,
}
