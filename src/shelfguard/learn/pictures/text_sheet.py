"""A picture to write lines of text on, wherever there is room."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from PIL import Image, ImageStat

from shelfguard.learn.pictures.backdrops import WHITE, Colour, colour
from shelfguard.learn.pictures.contrast import contrast, luminance
from shelfguard.learn.pictures.lettering import Lettering, lettering

SMALLEST, LARGEST = 12, 96
"""Pixels of font size; from one to the other, each size as often as its double."""
LEVEL, UPRIGHT, LEAN = 0.8, 0.05, 15
"""Shares of lines that are level, and that run upwards; the others lean by so many degrees."""
ON_BADGE, OUTLINED = 0.25, 0.15
"""Shares of lines that stand on a badge, and of larger ones whose letters are outlined."""
FAINT, FAINTLY, CLEARLY = 0.2, (1.6, 2.5), (3.0, 21.0)
"""The share of faint lines, and contrast ratios (WCAG 2.2) of these and of the others."""
GAP = 6
"""Pixels between two lines, at least."""

Box = tuple[float, float, float, float]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line, and the box round it in pixels."""

    text: str
    box: Box


@dataclass
class Sheet:
    """A picture, what was written on it, and a mask: 255 where lines stand."""

    rng: random.Random
    image: Image.Image
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mask = Image.new("L", self.image.size)

    def write(self, text: str, font_file: str) -> None:
        """A line of any size, colour and tilt in any free place, if there is one."""
        size = int(SMALLEST * (LARGEST / SMALLEST) ** self.rng.random())
        tilts, shares = [0, 90, self.rng.uniform(-LEAN, LEAN)], [LEVEL, UPRIGHT]
        (tilt,) = self.rng.choices(tilts, [*shares, 1 - sum(shares)])
        letters = lettering(text, font_file, size, tilt)
        width, height = letters.glyphs.size
        if place := self._free_place(width, height):
            self._paint(letters, place, size)
            self.lines.append(Line(text, (*place, place[0] + width, place[1] + height)))

    def _paint(self, letters: Lettering, place: Place, size: int) -> None:
        ground = self._ground(letters, place)
        if size > 2 * SMALLEST and self.rng.random() < OUTLINED:
            ground = colour(self.rng)
            self.image.paste(ground, place, letters.outlined(size))
        self.image.paste(self._ink(ground), place, letters.glyphs)
        self.mask.paste(255, place, letters.line)

    def _ground(self, letters: Lettering, place: Place) -> Colour:
        """What the line stands on, on the whole."""
        if self.rng.random() < ON_BADGE:
            badge = colour(self.rng)
            self.image.paste(badge, place, letters.badge)
            return badge
        width, height = letters.badge.size
        under = self.image.crop((*place, place[0] + width, place[1] + height))
        red, green, blue = ImageStat.Stat(under, letters.badge).mean
        return int(red), int(green), int(blue)

    def _ink(self, ground: Colour) -> Colour:
        """A colour that stands out from the ground, more or less."""
        low, high = FAINTLY if self.rng.random() < FAINT else CLEARLY
        for _ in range(500):
            ink = self.rng.choice([colour(self.rng), colour(self.rng), (0, 0, 0), WHITE])
            if low <= contrast(ink, ground) <= high:
                return ink
        return (0, 0, 0) if luminance(ground) > 0.18 else WHITE

    def _free_place(self, width: int, height: int) -> Place | None:
        across, down = self.image.width - width, self.image.height - height
        for _ in range(40 if min(across, down) > 0 else 0):
            x, y = self.rng.randrange(across), self.rng.randrange(down)
            around = x - GAP, y - GAP, x + width + GAP, y + height + GAP
            if not any(_overlap(around, line.box) for line in self.lines):
                return x, y
        return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
