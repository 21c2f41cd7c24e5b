"""Where findings lie on a picture: numbered boxes and masks, drawn over its thumbnail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from shelfguard.errors import DataError
from shelfguard.images.masks import Mask
from shelfguard.report.findings import place_of
from shelfguard.report.mask_outline import MaskOutline, mask_outline

LONG_SIDE = 360
"""Of the drawing, in its own units: numbers are as large on all pictures."""

ROOM = 3
"""Between an area and its box, in the drawing's units: the line hides nothing of a text."""

LABEL_HEIGHT, LABEL_PADDING, DIGIT = 22, 10, 9
"""Of a number's label, in the drawing's units."""


class Rectangle(NamedTuple):
    """In the drawing's units."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Rectangle) -> bool:
        """Whether the two have more than an edge in common."""
        apart_across = self.x + self.width <= other.x or other.x + other.width <= self.x
        apart_down = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (apart_across or apart_down)


class Area(NamedTuple):
    """Which part of which picture of a listing; evidence on the same area has one number."""

    place: int
    box: tuple[float, ...] | None
    mask: tuple[int, int, tuple[int, ...]] | None


@dataclass(frozen=True)
class Mark:
    """A numbered area as it is drawn: by its mask, else by its box."""

    number: int
    box: Rectangle | None
    mask: MaskOutline | None
    label: Rectangle


def area(item: Mapping[str, Any]) -> Area | None:
    """The part of a picture that a piece of evidence points at, if it does."""
    place, box, mask = place_of(item["field"]), item.get("box"), item.get("mask")
    if place is None or not (box or mask):
        return None
    runs = (*mask["size"], tuple(mask["counts"])) if mask else None
    return Area(place, tuple(box) if box else None, runs)


def numbered(reasons: Iterable[Mapping[str, Any]]) -> dict[Area, int]:
    """The areas that some reasons point at, numbered from 1 in their order."""
    numbers: dict[Area, int] = {}
    for reason in reasons:
        for item in reason["evidence"] or ():
            if found := area(item):
                numbers.setdefault(found, len(numbers) + 1)
    return numbers


def drawing_size(width: int, height: int) -> tuple[float, float]:
    """The size of the drawing over a picture of these proportions."""
    scale = LONG_SIDE / max(width, height)
    return round(width * scale, 1), round(height * scale, 1)


def marks(numbers: Mapping[Area, int], place: int, size: tuple[float, float]) -> list[Mark]:
    """What is drawn on the picture at this place, on a drawing of this size."""
    found: list[Mark] = []
    for target, number in numbers.items():
        if target.place != place:
            continue
        box, mask = _box(target, size), _mask(target)
        outer = box or (mask and _first_cell(mask, size))
        if outer:
            label = _label(number, outer, size, [mark.label for mark in found])
            found.append(Mark(number, None if mask else box, mask, label))
    return found


def _box(target: Area, size: tuple[float, float]) -> Rectangle | None:
    if target.box is None:
        return None
    left, top, right, bottom = target.box
    x, y = max(0, left * size[0] - ROOM), max(0, top * size[1] - ROOM)
    width = min(size[0], right * size[0] + ROOM) - x
    return _rounded(x, y, width, min(size[1], bottom * size[1] + ROOM) - y)


def _mask(target: Area) -> MaskOutline | None:
    """The paths of a mask; none where its run lengths do not fill its size."""
    if target.mask:
        with suppress(DataError):
            return mask_outline(Mask(*target.mask))
    return None


def _first_cell(mask: MaskOutline, size: tuple[float, float]) -> Rectangle:
    width, height = size[0] / mask.width, size[1] / mask.height
    return _rounded(mask.left * width, mask.top * height, width, height)


def _label(
    number: int, outer: Rectangle, size: tuple[float, float], taken: list[Rectangle]
) -> Rectangle:
    """At the first corner beside the area that no other number takes, or in it if need be."""
    width = LABEL_PADDING + DIGIT * len(str(number))
    places = [
        _rounded(
            min(max(0, x), size[0] - width), min(max(0, y), size[1] - LABEL_HEIGHT), width,
            LABEL_HEIGHT,
        )
        for x, y in _corners(outer, width)
    ]  # fmt: skip
    free = [place for place in places if not any(place.meets(other) for other in taken)]
    beside = (place for place in free if not place.meets(outer))
    return next(beside, next(iter(free), places[0]))


def _corners(outer: Rectangle, width: float) -> Iterator[tuple[float, float]]:
    """Above the area, below it, then at its sides."""
    right, bottom = outer.x + outer.width, outer.y + outer.height
    for y in (outer.y - LABEL_HEIGHT, bottom):
        yield outer.x, y
        yield right - width, y
    for x in (outer.x - width, right):
        yield x, outer.y
        yield x, bottom - LABEL_HEIGHT


def _rounded(*values: float) -> Rectangle:
    return Rectangle(*(round(value, 1) for value in values))
