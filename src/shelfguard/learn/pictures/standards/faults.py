"""What makes a picture poor: blur, enlarging, too few pixels, and placeholders."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from shelfguard.learn.pictures.standards.lettering import fitted

JUDGED_SIDE = 512
"""Pixels of the long side at which blur is named: what is seen on a phone."""

COMING_SOON = (
    *("Image coming soon", "No image available", "Photo not available", "Image à venir"),
    *("Image non disponible", "Pas d'image", "Photo à venir", "NO PHOTO", "Aucune image"),
    *("Picture coming soon", "Image bientôt disponible", "No image", "Image unavailable"),
)


def out_of_focus(rng: random.Random, image: Image.Image) -> Image.Image:
    """Blurred by a Gaussian of 2.2 to 6 pixels of 512."""
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(2.2, 6) * _unit(image)))


def shaken(rng: random.Random, image: Image.Image) -> Image.Image:
    """Smeared along a line of 9 to 24 pixels of 512, as a moving camera does."""
    small = image.resize(_size(image, JUDGED_SIDE))
    pixels = np.asarray(small, np.float32)
    length, turn = rng.uniform(9, 24), rng.uniform(0, np.pi)
    steps = np.linspace(-length / 2, length / 2, 25)
    moved = [
        np.roll(pixels, (round(s * np.sin(turn)), round(s * np.cos(turn))), (0, 1)) for s in steps
    ]
    smeared = Image.fromarray(np.mean(moved, axis=0).astype(np.uint8))
    return smeared.resize(image.size, Image.Resampling.BICUBIC)


def enlarged(rng: random.Random, image: Image.Image) -> Image.Image:
    """Blown up from 70 to 170 pixels."""
    small = image.resize(_size(image, rng.randrange(70, 170)), Image.Resampling.LANCZOS)
    return small.resize(
        image.size, rng.choice([Image.Resampling.BICUBIC, Image.Resampling.BILINEAR])
    )


def reduced(rng: random.Random, image: Image.Image) -> Image.Image:
    """With fewer pixels than are asked for: 100 to 799 on the long side."""
    side = rng.choice([rng.randrange(100, 500), rng.randrange(500, 799), 799, 640, 500])
    return image.resize(_size(image, side), Image.Resampling.LANCZOS)


def placeholder(rng: random.Random, size: tuple[int, int], font_file: str) -> Image.Image:
    """A flat ground with a pictogram of a photo, words that say so, or both."""
    grey = rng.randrange(200, 250)
    same = f"#{grey:02x}{grey:02x}{grey:02x}"
    image = Image.new("RGB", size, rng.choice([same, same, "white", "#cfd8e3"]))
    draw = ImageDraw.Draw(image)
    kind = rng.choice(["icon", "words", "both"])
    ink = rng.choice(["#b5b5b5", "#999999", "#8a94a0", "#c4c4c4"])
    if kind != "words":
        _pictogram(rng, draw, size, ink)
    if kind != "icon":
        box = int(size[0] * rng.uniform(0.4, 0.75)), int(size[1] * 0.08)
        text = rng.choice(COMING_SOON)
        at = size[0] / 2, size[1] * (0.75 if kind == "both" else 0.5)
        font = fitted(text, font_file, box)
        draw.text(at, text, rng.choice(["#707070", "#444444", "#8a8a8a"]), font, anchor="mm")
    return image


def swatch(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """One colour all over, with the least grain, as of a paint."""
    red, green, blue = (rng.randrange(20, 245) for _ in range(3))
    pixels = np.array([red, green, blue]) + np.random.default_rng(rng.randrange(2**32)).normal(
        0, rng.choice([0, 0.5, 1.0]), (size[1], size[0], 1)
    )
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _pictogram(
    rng: random.Random, draw: ImageDraw.ImageDraw, size: tuple[int, int], ink: str
) -> None:
    x, y, unit = size[0] / 2, size[1] * 0.45, min(size) * rng.uniform(0.12, 0.25)
    pen = max(3, int(unit / 10))
    draw.rounded_rectangle(
        (x - unit, y - unit * 0.75, x + unit, y + unit * 0.75), pen, None, ink, pen
    )
    if rng.random() < 0.5:  # mountains and a sun
        peaks = [(x - unit * 0.8, y + unit * 0.55), (x - unit * 0.2, y - unit * 0.2)]
        foot = (x + unit * 0.85, y + unit * 0.55)
        draw.polygon(
            [*peaks, (x + unit * 0.2, y + unit * 0.25), (x + unit * 0.5, y), foot],
            ink,
        )
        draw.ellipse((x + unit * 0.2, y - unit * 0.55, x + unit * 0.5, y - unit * 0.25), ink)
    else:  # a camera
        draw.ellipse(
            (x - unit * 0.4, y - unit * 0.4, x + unit * 0.4, y + unit * 0.4), None, ink, pen
        )
        draw.rectangle((x - unit * 0.3, y - unit * 0.95, x + unit * 0.3, y - unit * 0.75), ink)


def _unit(image: Image.Image) -> float:
    return max(image.size) / JUDGED_SIDE


def _size(image: Image.Image, long_side: int) -> tuple[int, int]:
    scale = long_side / max(image.size)
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))
