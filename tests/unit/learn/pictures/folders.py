"""Folders of drawn pictures to learn from: red discs and blue bars on grounds of many colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 96
COLOURS = {"disc": "#c02020", "bar": "#2030c0"}
NAMES = ("apple", "brick", "chair", "drum", "easel", "fence", "glove", "house", "inkpot", "jug")


def draw(file: Path, shape: str | None, rng: np.random.Generator) -> tuple[float, ...]:
    """Save a picture with a shape or none; middle x, middle y, width and height of the shape."""
    ground = tuple(rng.integers(120, 256, 3).tolist())
    image = Image.new("RGB", (SIDE, SIDE), ground)
    width, height = (40, 40) if shape == "disc" else (60, 16)
    left, top = rng.integers(0, (SIDE - width, SIDE - height)).tolist()
    if shape:
        pen = ImageDraw.Draw(image)
        paint = pen.ellipse if shape == "disc" else pen.rectangle
        paint((left, top, left + width, top + height), fill=COLOURS[shape])
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file)
    middle = (left + width / 2, top + height / 2, width, height)
    return tuple(value / SIDE for value in middle)


def marked_folder(root: Path, copies: int = 4) -> Path:
    """A folder with boxes: discs, bars, and pictures of neither."""
    rng = np.random.default_rng(0)
    (root / "labels").mkdir(parents=True)
    (root / "classes.txt").write_text("disc\nbar\n")
    for number, shape in enumerate(COLOURS):
        for name in [f"{name} {copy}{shape}" for name in NAMES for copy in range(copies)]:
            place = draw(root / "images" / f"{name}.png", shape, rng)
            line = " ".join(map(str, (number, *place)))
            (root / "labels" / f"{name}.txt").write_text(line + "\n")
    for name in NAMES:
        draw(root / "negatives" / f"{name} empty.png", None, rng)
    return root


def labelled_folder(root: Path, copies: int = 1) -> Path:
    """A folder a label, and `none`."""
    rng = np.random.default_rng(0)
    for shape in (*COLOURS, None):
        for name in [f"{name} {copy}{shape}" for name in NAMES for copy in range(copies)]:
            draw(root / (shape or "none") / f"{name}.png", shape, rng)
    return root
