"""Materials and fittings that weapons share."""

from __future__ import annotations

from collections.abc import Iterable

from examples.drawing.light import Material, bulging
from examples.drawing.masks import Floats, Point, Rectangle
from examples.drawing.stage import Stage

STEEL = Material((0.46, 0.47, 0.49), gloss=0.15, metal=0.85, grain=0.03, sharpness=30)
BLUED = Material((0.16, 0.17, 0.2), gloss=0.22, metal=0.7, grain=0.04, sharpness=25)
POLYMER = Material((0.1, 0.1, 0.105), gloss=0.12, grain=0.1, sharpness=14)
WALNUT = Material((0.4, 0.22, 0.11), gloss=0.2, grain=0.14, sharpness=30)
HOLE = Material((0.03, 0.03, 0.035), grain=0)

DARK, LIGHT = (0.02, 0.02, 0.02), (0.65, 0.65, 0.68)

PITCH = 12.0
"""Units between the points of a chequered grip."""


def lying(stage: Stage, whole: Floats) -> None:
    """The shadow of a thing that lies on white paper."""
    stage.shadow(whole, (16, 26), 26, 0.32)
    stage.shadow(whole, (5, 8), 7, 0.4)


def seam(stage: Stage, start: Point, end: Point) -> None:
    """Where two parts meet: a dark line over a bright edge."""
    (x1, y1), (x2, y2) = start, end
    for low, high, colour, opacity in ((-3, 3, DARK, 0.75), (3, 6, LIGHT, 0.22)):
        corners = ((x1, y1 + low), (x2, y2 + low), (x2, y2 + high), (x1, y1 + high))
        stage.paint(stage.pen.polygon(*corners), colour, opacity)


def grooves(stage: Stage, places: Iterable[int], rows: tuple[float, float]) -> None:
    """Slanted cuts that fingers pull at."""
    top, bottom = rows
    for low, high, colour, opacity in ((0, 8, DARK, 0.7), (8, 11, LIGHT, 0.35)):
        cuts = [
            ((x + low, top), (x + high, top), (x + high - 6, bottom), (x + low - 6, bottom))
            for x in places
        ]
        stage.paint(stage.pen.polygons(cuts), colour, opacity)


def screws(stage: Stage, radius: float, *places: Point) -> None:
    """Round heads with a slot."""
    for x, y in places:
        head = stage.pen.ellipse((x - radius, y - radius, x + radius, y + radius))
        stage.lay(head, bulging(stage.units(radius * 0.8)), STEEL)
        slot = (
            (x - radius + 2, y + 3),
            (x + radius - 2, y - 5),
            (x + radius - 2, y - 2),
            (x - radius + 2, y + 6),
        )
        stage.paint(stage.pen.polygon(*slot), DARK, 0.7)


def chequer(stage: Stage, box: Rectangle, slant: float) -> None:
    """Rows of small pyramids, as cut into a grip; rows move to the right by `slant` a unit."""
    left, top, right, bottom = box
    points = [
        (left + column * PITCH + row * PITCH * slant + row % 2 * PITCH / 2, top + row * PITCH)
        for row in range(int((bottom - top) / PITCH))
        for column in range(int((right - left) / PITCH))
    ]
    pits = [((x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)) for x, y in points]
    stage.paint(stage.pen.polygons(pits), DARK, 0.5)
    tips = [((x, y - 5), (x + 2, y - 3), (x - 3, y + 1), (x - 5, y)) for x, y in points]
    stage.paint(stage.pen.polygons(tips), LIGHT, 0.25)
