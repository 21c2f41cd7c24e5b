"""Products to put in pictures, on transparent ground: drawn, with or without print on them."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from shelfguard.learn.pictures.standards.lettering import fitted

Colour = tuple[int, int, int]

SIDE = 800
"""Pixels of the square that a thing is drawn on, before it is cut to its own size."""

OUTLINE = 228
"""Grey of the thin edge of a white thing, about the faintest that a photo on white shows."""


def drawn(rng: random.Random) -> Image.Image:
    """A thing of any shape and colour."""
    return shaded(rng, silhouette(rng), _colour(rng))


def light(rng: random.Random) -> Image.Image:
    """A near-white thing with a thin grey edge."""
    outline = silhouette(rng)
    thing = shaded(rng, outline, (rng.randrange(240, 254),) * 3, relief=0.02, cut=False)
    inner = outline.filter(ImageFilter.MinFilter(7))
    edge = ImageChops.subtract(outline, inner)
    thing.paste((OUTLINE - rng.randrange(25),) * 3, (0, 0), edge)
    return _cut(thing)


def printed(rng: random.Random, phrases: tuple[str, ...], font_file: str) -> Image.Image:
    """A package, T-shirt, book or bottle with lines of print inside its outline."""
    shape, area = rng.choice(PRINTED)
    thing = shaded(rng, _mask(rng, shape), _colour(rng), cut=False)
    left, top, right, bottom = area
    draw, ink = ImageDraw.Draw(thing), rng.choice(["white", "black", "#f5d33b"])
    if rng.random() < 0.4:
        draw.rectangle(area, rng.choice(["white", "#efe6c8", "#202830"]))
        ink = rng.choice(["#b01818", "#1c6a3c", "#4477cc"])
    each = (bottom - top) / len(phrases)
    for row, text in enumerate(phrases):
        box = (right - left, int(each * rng.uniform(0.4, 0.8)))
        font = fitted(text, font_file, box)
        middle = (left + right) / 2, top + each * (row + 0.5)
        draw.text(middle, text, ink, font, anchor="mm")
    return _cut(thing)


def cover(rng: random.Random, phrases: tuple[str, ...], font_file: str) -> Image.Image:
    """A book or poster with print from its upper edge to its lower one, a picture between."""
    width, height = rng.randrange(480, 640), 780
    thing = Image.new("RGBA", (width, height), _colour(rng))
    draw = ImageDraw.Draw(thing)
    pebble = silhouette(rng).resize((width // 2, height // 3))
    thing.paste(_colour(rng), (width // 4, height // 3), pebble)
    ink = rng.choice(["white", "#f5d33b", "black"])
    for text, place in zip(phrases, (0.1, 0.93, 0.22), strict=False):
        size = int(width * rng.uniform(0.6, 0.94)), int(height * rng.uniform(0.05, 0.11))
        font = fitted(text, font_file, size)
        draw.text((width / 2, height * place), text, ink, font, anchor="mm")
    return thing


def silhouette(rng: random.Random) -> Image.Image:
    """The outline [L] of some kind of thing."""
    return _mask(rng, rng.choice(SHAPES))


def shaded(
    rng: random.Random, mask: Image.Image, colour: Colour, relief: float = 0.35, *, cut: bool = True
) -> Image.Image:
    """A mask filled with one colour, darker towards one side, with some grain."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    turn = rng.uniform(0, 6.3)
    slope = 1 - relief * (0.5 + (x - 0.5) * np.cos(turn) + (y - 0.5) * np.sin(turn))
    grain = np.random.default_rng(rng.randrange(2**32)).normal(
        0, 40 * min(relief, 0.1), slope.shape
    )
    pixels = np.array(colour) * slope[..., None] + grain[..., None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).convert("RGBA")
    image.putalpha(mask)
    return _cut(image) if cut else image


def _cut(thing: Image.Image) -> Image.Image:
    return thing.crop(thing.getchannel("A").getbbox())


def _colour(rng: random.Random) -> Colour:
    """Any colour but a near-white one."""
    return rng.randrange(10, 215), rng.randrange(10, 215), rng.randrange(10, 215)


def _mask(
    rng: random.Random, shape: Callable[[random.Random, ImageDraw.ImageDraw], None]
) -> Image.Image:
    mask = Image.new("L", (SIDE, SIDE))
    shape(rng, ImageDraw.Draw(mask))
    return mask


def _package(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((150, 100, 650, 700), rng.choice([0, 10, 40]), 255)


def _bottle(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((250, 240, 550, 780), 50, 255)
    neck = rng.randrange(40, 100)
    draw.rectangle((400 - neck, 60, 400 + neck, 300), 255)


def _mug(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((120, 200, 540, 720), rng.randrange(10, 80), 255)
    draw.ellipse((450, 300, 740, 600), outline=255, width=rng.randrange(30, 60))


def _shirt(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    sleeve = rng.randrange(250, 450)
    right = [(270, 80), (530, 80), (780, 220), (690, sleeve), (600, 290), (600, 760)]
    draw.polygon(
        [*right, (200, 760), (200, 290), (110, sleeve), (20, 220)],
        255,
    )


def _stool(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((150, 150, 650, 240), 30, 255)
    for foot in (120, 300, 500, 680):
        draw.line((400 + (foot - 400) * 0.7, 230, foot, 780), 255, rng.randrange(24, 48))


def _lamp(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(270, 60), (530, 60), (640, 360), (160, 360)], 255)
    draw.rectangle((380, 360, 420, 720), 255)
    draw.ellipse((250, 680, 550, 770), 255)


def _pen(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    tip = rng.randrange(60, 740)
    draw.line((60, 780, tip, 40), 255, rng.randrange(30, 70))


def _pebble(rng: random.Random, draw: ImageDraw.ImageDraw) -> None:
    turns = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = 260 + sum(
        rng.uniform(0, 110 / wave) * np.sin(wave * turns + rng.uniform(0, 6.3))
        for wave in (1, 2, 3, 5)
    )
    points = zip(400 + radius * np.cos(turns), 400 + radius * np.sin(turns), strict=True)
    draw.polygon([(float(x), float(y)) for x, y in points], 255)


SHAPES = (_package, _bottle, _mug, _shirt, _stool, _lamp, _pen, _pebble)

PRINTED = (
    (_package, (190, 160, 610, 640)),
    (_bottle, (265, 380, 535, 640)),
    (_shirt, (230, 300, 570, 520)),
    (_package, (210, 140, 590, 420)),
)
"""Shapes that carry print, and where on them in pixels."""
