"""What products are put on: white, near-white, coloured and textured grounds."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image

from shelfguard.learn.pictures.backdrops import gradient, shapes, texture

Size = tuple[int, int]


def white(rng: random.Random, size: Size) -> Image.Image:
    """White, as studios leave it."""
    return Image.new("RGB", size, (rng.choice([255, 255, 254, 250]),) * 3)


def off_white(rng: random.Random, size: Size) -> Image.Image:
    """Very light grey, cream or ice, alike all over or a little darker towards one side."""
    grey = rng.randrange(232, 249)
    tint = np.array([rng.randrange(0, 5), rng.randrange(0, 5), rng.randrange(-6, 5)])
    fall = np.linspace(0, rng.choice([0, 0, rng.uniform(0, 10)]), size[1])[:, None, None]
    pixels = np.clip(grey + tint - fall + np.zeros((size[1], size[0], 3)), 0, 255)
    return Image.fromarray(pixels.astype(np.uint8))


def coloured(rng: random.Random, size: Size) -> Image.Image:
    """One colour that is plainly not white: bright, dark or a middle grey."""
    if rng.random() < 0.3:
        return Image.new("RGB", size, (rng.randrange(15, 190),) * 3)
    dull, bright = rng.randrange(0, 150), rng.randrange(150, 255)
    channels = [dull, bright, rng.randrange(dull, bright)]
    rng.shuffle(channels)
    red, green, blue = channels
    return Image.new("RGB", size, (red, green, blue))


def busy(rng: random.Random, size: Size) -> Image.Image:
    """A texture, a steep gradient or shapes."""
    return rng.choice([texture, texture, shapes, gradient])(rng, size)
