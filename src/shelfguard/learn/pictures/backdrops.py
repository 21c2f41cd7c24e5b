"""What text is drawn on: plain colours, gradients, textures, shapes, photos, products on white."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageOps

Colour = tuple[int, int, int]
Size = tuple[int, int]
Shares = npt.NDArray[np.float64]

WHITE: Colour = (255, 255, 255)
PRODUCT = 0.6
"""The share of width and height that a product takes on its white ground."""
CLOSEST = 0.4
"""The least share of a photo's width and height that is shown."""


def backdrop(rng: random.Random, size: Size, photos: Sequence[Path]) -> Image.Image:
    """A picture without text of about this size; two in three show a photo, where there are any."""
    drawn: list[Callable[[], Image.Image]] = [
        lambda: Image.new("RGB", size, rng.choice([WHITE, colour(rng)])),
        lambda: gradient(rng, size),
        lambda: texture(rng, size),
        lambda: shapes(rng, size),
    ]
    if photos and rng.random() < 2 / 3:
        return rng.choice([photo, product, collage])(rng, size, photos)
    return rng.choice(drawn)()


def colour(rng: random.Random) -> Colour:
    """Any colour."""
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def photo(rng: random.Random, size: Size, photos: Sequence[Path]) -> Image.Image:
    """A part of a photo, mirrored or not, as long as the longer side of `size`."""
    with Image.open(rng.choice(photos)) as opened:
        image = opened.convert("RGB")
    share = rng.uniform(CLOSEST, 1)
    width, height = int(image.width * share), int(image.height * share)
    left, top = rng.randint(0, image.width - width), rng.randint(0, image.height - height)
    part = image.crop((left, top, left + width, top + height))
    scale = max(size) / max(part.size)
    fitted = round(width * scale), round(height * scale)
    part = ImageOps.mirror(part) if rng.random() < 0.5 else part
    return part.resize(fitted, Image.Resampling.LANCZOS)


def collage(rng: random.Random, size: Size, photos: Sequence[Path]) -> Image.Image:
    """Photos in rows and columns, white between them."""
    image, count = Image.new("RGB", size, WHITE), rng.randrange(2, 5)
    width, height = size[0] // count, size[1] // count
    for place in range(count * count):
        tile = photo(rng, (width, height), photos)
        tile = ImageOps.fit(tile, (width - rng.choice([0, 6]), height - 6))
        image.paste(tile, (place % count * width, place // count * height))
    return image


def product(rng: random.Random, size: Size, photos: Sequence[Path]) -> Image.Image:
    """A photo in the middle of white."""
    image, thing = Image.new("RGB", size, WHITE), photo(rng, size, photos)
    thing.thumbnail((int(size[0] * PRODUCT), int(size[1] * PRODUCT)))
    image.paste(thing, ((size[0] - thing.width) // 2, (size[1] - thing.height) // 2))
    return image


def gradient(rng: random.Random, size: Size) -> Image.Image:
    """One colour above that becomes another below."""
    return _blended(rng, np.broadcast_to(np.linspace(0, 1, size[1])[:, None], size[::-1]))


def texture(rng: random.Random, size: Size) -> Image.Image:
    """Stripes, a weave, dots, noise or scattered strokes, in two colours."""
    y, x = np.mgrid[: size[1], : size[0]]
    turn, period = rng.uniform(0, 3.14), rng.uniform(1, 10)
    wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) / period)
    other = np.sin((x * np.sin(turn) - y * np.cos(turn)) / period)
    kinds: list[Callable[[], Shares]] = [
        lambda: (np.sign(wave) + 1) / 2,
        lambda: (wave + other + 2) / 4,
        lambda: (wave * other > rng.uniform(0.1, 0.8)).astype(float),
        lambda: _noise(rng, size),
        lambda: _strokes(rng, size),
    ]
    return _blended(rng, rng.choice(kinds)())


def shapes(rng: random.Random, size: Size) -> Image.Image:
    """Boxes, ellipses, lines, polygons and grids of all sizes over each other."""
    image = Image.new("RGB", size, rng.choice([WHITE, colour(rng)]))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(3, 60)):
        _draw_shape(rng, draw, size)
    return image


def _draw_shape(rng: random.Random, draw: ImageDraw.ImageDraw, size: Size) -> None:
    x, y, side = rng.randrange(size[0]), rng.randrange(size[1]), int(5 * 80 ** rng.random())
    box = x, y, x + side, y + int(side * 4 ** rng.uniform(-1, 1))
    pen, fill = rng.randrange(1, 12), rng.choice([None, colour(rng)])
    kinds: list[Callable[[], None]] = [
        lambda: draw.rounded_rectangle(box, rng.choice([0, side // 4]), fill, colour(rng), pen),
        lambda: draw.ellipse(box, fill, colour(rng), pen),
        lambda: draw.line(box, colour(rng), pen),
        lambda: draw.regular_polygon((x, y, side), rng.randrange(3, 8), fill=colour(rng)),
        lambda: _draw_grid(rng, draw, box),
    ]
    rng.choice(kinds)()


def _draw_grid(rng: random.Random, draw: ImageDraw.ImageDraw, box: tuple[int, ...]) -> None:
    left, top, right, bottom = box
    step, ink = rng.randrange(5, 50), colour(rng)
    for x in range(left, right, step):
        for y in range(top, bottom, step):
            draw.rectangle((x, y, x + step * 0.7, y + step * 0.7), ink)


def _blended(rng: random.Random, shares: Shares) -> Image.Image:
    """Two colours mixed pixel by pixel, in shares [height, width] from 0 to 1."""
    one, other = np.array(colour(rng)), np.array(colour(rng))
    return Image.fromarray((one + (other - one) * shares[..., None]).astype(np.uint8))


def _noise(rng: random.Random, size: Size) -> Shares:
    coarse = size[0] // 4, size[1] // 4
    grains = Image.frombytes("L", coarse, rng.randbytes(coarse[0] * coarse[1]))
    return np.asarray(grains.resize(size, Image.Resampling.BICUBIC)) / 255


def _strokes(rng: random.Random, size: Size) -> Shares:
    """Short strokes in all directions, as of grass or fur."""
    image = Image.new("L", size, 80)
    draw = ImageDraw.Draw(image)
    for _ in range(1500):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        end = x + rng.randrange(-30, 30), y + rng.randrange(-30, 30)
        draw.line((x, y, *end), rng.randrange(256), rng.randrange(1, 6))
    return np.asarray(image) / 255
