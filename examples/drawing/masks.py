"""Shapes as masks [height, width] from 0 outside to 1 inside, in a square of 1,000 units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Floats = npt.NDArray[np.float32]
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom."""

UNITS = 1_000
FINE_RADIUS = 6
"""Pixels: what is blurred more than twice as far needs fewer of them."""

STEPS = 12
"""Straight pieces that a curve between two points is drawn with."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Draws masks of `side` x `side` pixels."""

    side: int

    @property
    def scale(self) -> float:
        """Pixels a unit."""
        return self.side / UNITS

    def polygon(self, *points: Point) -> Floats:
        return self.polygons([points])

    def polygons(self, shapes: Iterable[Sequence[Point]]) -> Floats:
        """Several shapes at once."""
        image, draw = self._sheet()
        for points in shapes:
            draw.polygon(self._pixels(points), fill=255)
        return of_image(image)

    def softened(self, radius: float, *points: Point) -> Floats:
        """A polygon whose corners are round."""
        mask, reach = self.polygon(*points), radius * self.scale
        box = bounds(mask)
        edges = blurred(np.pad(mask[box], round(reach)), reach / 2)
        inner = slice(round(reach), -round(reach))
        mask[box] = np.clip((edges[inner, inner] - 0.5) * reach + 0.5, 0, 1)
        return mask

    def curve(self, *points: Point) -> Floats:
        """The inside of a smooth closed line through the points."""
        return self.polygon(*smooth(points, closed=True))

    def stroke(self, width: float, *points: Point) -> Floats:
        """A smooth line through the points, with round ends."""
        image, draw = self._sheet()
        line = self._pixels(smooth(points, closed=False))
        draw.line(line, fill=255, width=max(1, round(width * self.scale)))
        radius = width * self.scale / 2
        for x, y in line:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return of_image(image)

    def ellipse(self, box: Rectangle) -> Floats:
        image, draw = self._sheet()
        draw.ellipse(self._box(box), fill=255)
        return of_image(image)

    def rounded(self, box: Rectangle, radius: float) -> Floats:
        """A rectangle with round corners."""
        image, draw = self._sheet()
        draw.rounded_rectangle(self._box(box), radius * self.scale, fill=255)
        return of_image(image)

    def _sheet(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        image = Image.new("L", (self.side, self.side))
        return image, ImageDraw.Draw(image)

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    def _box(self, box: Rectangle) -> Rectangle:
        left, top, right, bottom = (value * self.scale for value in box)
        return left, top, right, bottom


def smooth(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """A Catmull-Rom spline through the points."""
    knots = np.array(points)
    ends = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    knots = np.concatenate([ends[0], knots, ends[1]])
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    line = [
        0.5
        * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3)
        for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False)
    ]
    found: list[list[float]] = np.concatenate(line).tolist()
    end = [] if closed else [points[-1]]
    return [(x, y) for x, y in found] + end


def union(*masks: Floats) -> Floats:
    """What any of the masks covers."""
    found: Floats = np.maximum.reduce(masks)
    return found


def without(mask: Floats, *holes: Floats) -> Floats:
    """A mask with holes cut into it."""
    found: Floats = mask * (1 - union(*holes))
    return found


def blurred(values: Floats, radius: float) -> Floats:
    """Three box filters a side, which come close to a Gaussian of this radius in pixels."""
    if radius >= 2 * FINE_RADIUS:
        few = int(radius / FINE_RADIUS)
        height, width = values.shape
        small = _resized(values, -(-width // few), -(-height // few), Image.Resampling.BOX)
        return _resized(blurred(small, radius / few), width, height, Image.Resampling.BICUBIC)
    half = max(1, round(radius * 0.9))
    for _ in range(3):
        values = _box_filter(_box_filter(values, half).T, half).T
    return values


def moved(mask: Floats, right: float, down: float) -> Floats:
    """A mask shifted by pixels; what comes in is empty."""
    x, y = round(right), round(down)
    height, width = mask.shape
    found = np.zeros_like(mask)
    found[max(0, y) : height + min(0, y), max(0, x) : width + min(0, x)] = mask[
        max(0, -y) : height + min(0, -y), max(0, -x) : width + min(0, -x)
    ]
    return found


def bounds(mask: Floats) -> tuple[slice, slice]:
    """The rows and columns that a mask fills."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _box_filter(values: Floats, half: int) -> Floats:
    """Means of `2 * half + 1` rows."""
    total = np.cumsum(np.pad(values, ((half + 1, half), (0, 0)), mode="edge"), axis=0, dtype=float)
    window = 2 * half + 1
    means: Floats = ((total[window:] - total[:-window]) / window).astype(np.float32)
    return means


def _resized(values: Floats, width: int, height: int, filter_: Image.Resampling) -> Floats:
    return np.asarray(Image.fromarray(values).resize((width, height), filter_))


def of_image(image: Image.Image) -> Floats:
    """A grey picture as a mask."""
    found: Floats = np.asarray(image).astype(np.float32) / np.float32(255)
    return found
