"""Places that a product may stand in, and what a camera does to a picture."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from examples.drawing.light import Colour, Material, bulging, flat
from examples.drawing.masks import blurred, smooth
from examples.drawing.stage import Stage

WALL, LEAVES, BERRIES = (0.86, 0.62, 0.45), (0.16, 0.42, 0.33), (0.8, 0.2, 0.25)
PLANK = Material((0.5, 0.33, 0.2), gloss=0.1, grain=0.16, sharpness=10)

NOISE = 2.0
"""Standard deviation of a camera's noise, in grey levels of 255."""

VIGNETTE = 0.18
"""How much darker the corners are than the middle."""


def wallpaper(stage: Stage) -> None:
    """A wall with a loud pattern of leaves and berries over a striped cloth."""
    pen = stage.pen
    stage.paint(pen.polygon((0, 0), (1000, 0), (1000, 1000), (0, 1000)), WALL)
    places = [
        (x + y // 130 % 2 * 65, y) for y in range(-20, 800, 130) for x in range(-60, 1060, 130)
    ]
    turns = [(x, y, turn) for x, y in places for turn in (0.4, 1.9, 3.4, 5.0)]
    stage.paint(pen.polygons(_leaf(x, y, turn) for x, y, turn in turns), LEAVES)
    for x, y in places:
        berry = pen.ellipse((x + 48, y + 48, x + 76, y + 76))
        stage.lay(berry, bulging(stage.units(12)), Material(BERRIES, gloss=0.6))
    cloth = [((0, 790), (1000, 790), (1000, 1000), (0, 1000))]
    stage.paint(pen.polygons(cloth), (0.92, 0.88, 0.8))
    stripes = [
        ((x, 790), (x + 40, 790), (x * 1.3 - 100, 1000), (x * 1.3 - 152, 1000))
        for x in range(0, 1000, 80)
    ]
    stage.paint(pen.polygons(stripes), (0.2, 0.33, 0.6))


def _leaf(x: float, y: float, turn: float) -> list[tuple[float, float]]:
    outline = [(0, 0), (22, -14), (52, -12), (74, 0), (52, 12), (22, 14)]
    sine, cosine = math.sin(turn), math.cos(turn)
    return smooth(
        [(x + a * cosine - b * sine, y + a * sine + b * cosine) for a, b in outline], closed=True
    )


def table(stage: Stage, horizon: float = 0) -> None:
    """Boards of wood from the horizon down."""
    pen = stage.pen
    for number, top in enumerate(range(round(horizon), 1000, 142)):
        board = pen.polygon(
            (0, top), (1000, top), (1000, min(1000, top + 142)), (0, min(1000, top + 142))
        )
        tone = tuple(part * (0.9 + 0.08 * (number % 3)) for part in PLANK.colour)
        stage.lay(board, flat, Material((tone[0], tone[1], tone[2]), grain=0.2))
        stage.paint(
            pen.polygon((0, top), (1000, top), (1000, top + 5), (0, top + 5)),
            (0.1, 0.06, 0.03),
            0.7,
        )


def kitchen(stage: Stage) -> None:
    """A kitchen in the morning, out of focus, behind a wooden table."""
    pen = stage.pen
    stage.paint(pen.polygon((0, 0), (1000, 0), (1000, 1000), (0, 1000)), (0.72, 0.74, 0.7))
    blocks: tuple[tuple[tuple[float, float, float, float], Colour], ...] = (
        ((60, -40, 420, 420), (1.0, 0.97, 0.88)), ((232, -40, 250, 420), (0.6, 0.58, 0.5)),
        ((560, 60, 960, 90), (0.45, 0.3, 0.2)), ((590, -60, 660, 60), (0.7, 0.3, 0.2)),
        ((700, -40, 780, 60), (0.25, 0.4, 0.3)), ((820, -80, 900, 60), (0.85, 0.7, 0.35)),
        ((480, 330, 1000, 620), (0.5, 0.55, 0.55)), ((0, 460, 1000, 520), (0.85, 0.83, 0.78)),
        ((640, 240, 820, 460), (0.35, 0.36, 0.38)), ((40, 520, 400, 660), (0.6, 0.6, 0.55)),
    )  # fmt: skip
    for box, colour in blocks:
        stage.paint(pen.rounded(box, 10), colour)
    _defocus(stage)
    table(stage, horizon=640)


def _defocus(stage: Stage) -> None:
    for channel in range(3):
        stage.pixels[..., channel] = blurred(stage.pixels[..., channel], stage.units(26))


def photographed(image: Image.Image, seed: int = 7) -> Image.Image:
    """The same with darker corners and noise, as a phone takes it."""
    pixels = np.asarray(image).astype(np.float32)
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    dimmed = pixels * (1 - VIGNETTE * (x**2 + y**2) / 2)[..., None]
    noise = np.random.default_rng(seed).normal(0, NOISE, pixels.shape)
    return Image.fromarray(np.clip(dimmed + noise, 0, 255).astype(np.uint8))
