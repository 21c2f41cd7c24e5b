"""Products placed on a ground."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageFilter

Size = tuple[int, int]

LARGEST = 3000
"""Pixels of the long side of the largest pictures."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a thing went, in pixels."""

    left: int
    top: int
    width: int
    height: int


def canvas_size(rng: random.Random) -> Size:
    """Width and height of an ordinary picture, in pixels."""
    long_side = rng.choice([*[800] * 8, *[900] * 4, 1000, 1200, rng.randrange(800, 1600), LARGEST])
    short = int(long_side * rng.choice([1, 1, 1, 0.8, 0.75, 0.66]))
    return (long_side, short) if rng.random() < 0.5 else (short, long_side)


def centred(
    rng: random.Random,
    ground: Image.Image,
    thing: Image.Image,
    extent: float,
    *,
    shadow: bool = False,
) -> Placed:
    """Put a thing near the middle, its larger share of width or height being `extent`."""
    scaled = within(thing, ground.size, extent)
    room = ground.width - scaled.width, ground.height - scaled.height
    at = round(room[0] * rng.uniform(0.42, 0.58)), round(room[1] * rng.uniform(0.42, 0.58))
    if shadow:
        _cast(ground, scaled, at)
    ground.paste(scaled, at, scaled)
    return Placed(*at, *scaled.size)


def anywhere(rng: random.Random, ground: Image.Image, thing: Image.Image, extent: float) -> None:
    """Put a thing wholly inside, wherever there is room."""
    scaled = within(thing, ground.size, extent)
    room = ground.width - scaled.width, ground.height - scaled.height
    at = round(room[0] * rng.uniform(0.06, 0.94)), round(room[1] * rng.uniform(0.06, 0.94))
    ground.paste(scaled, at, scaled)


def cut_off(rng: random.Random, ground: Image.Image, thing: Image.Image) -> None:
    """Put a large thing so that a tenth to a third of it lies beyond one side, or a corner."""
    scaled = within(thing, ground.size, rng.uniform(0.8, 1.1))
    beyond = rng.uniform(0.1, 0.33)
    room = ground.width - scaled.width, ground.height - scaled.height
    x, y = room[0] // 2, room[1] // 2
    sides = rng.choice(["x", "y", "y", "xy"])
    if "x" in sides:
        x = rng.choice([-round(beyond * scaled.width), room[0] + round(beyond * scaled.width)])
    if "y" in sides:
        y = rng.choice([-round(beyond * scaled.height), room[1] + round(beyond * scaled.height)])
    ground.paste(scaled, (x, y), scaled)


def together(rng: random.Random, ground: Image.Image, things: Sequence[Image.Image]) -> None:
    """Put pieces side by side with small gaps, in one row or two."""
    columns = len(things) if len(things) <= 3 else -(-len(things) // 2)
    rows = -(-len(things) // columns)
    cell = ground.width * 0.9 / columns, ground.height * 0.9 / rows
    for number, thing in enumerate(things):
        size = round(cell[0] * 0.96), round(cell[1] * 0.96)
        scaled = within(thing, size, 1)
        row, column = divmod(number, columns)
        x = ground.width * 0.05 + cell[0] * (column + 0.5) - scaled.width / 2
        y = ground.height * 0.05 + cell[1] * (row + 0.5) - scaled.height / 2
        ground.paste(scaled, (round(x), round(y)), scaled)


def within(thing: Image.Image, size: Size, extent: float) -> Image.Image:
    """A thing as large as fits a share of a width and height, in its own proportions."""
    scale = extent * min(size[0] / thing.width, size[1] / thing.height)
    return thing.resize(
        (max(1, round(thing.width * scale)), max(1, round(thing.height * scale))),
        Image.Resampling.LANCZOS,
    )


def _cast(ground: Image.Image, thing: Image.Image, at: tuple[int, int]) -> None:
    """A soft shadow below a thing."""
    soft = Image.new("L", ground.size)
    low = thing.getchannel("A").resize((thing.width, max(1, thing.height // 8)))
    soft.paste(low, (at[0], at[1] + thing.height - low.height // 2))
    soft = soft.filter(ImageFilter.GaussianBlur(max(ground.size) / 60))
    ground.paste((110, 110, 110), (0, 0), soft.point(lambda value: value // 2))
