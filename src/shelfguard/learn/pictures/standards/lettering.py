"""Text, codes and frames that a seller lays over a picture."""

from __future__ import annotations

import math
import random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont, ImageOps

SMALLEST = 10
"""Pixels of font size below which nothing is written."""

BRIGHT = ("#d40000", "#0044cc", "#e8590c", "#0b7a3b", "#111111", "#7a1fa2")


def fitted(text: str, font_file: str, box: tuple[int, int]) -> ImageFont.FreeTypeFont:
    """The font in the largest size in which a text fits a width and height in pixels."""
    trial = ImageFont.truetype(font_file, 100)
    left, top, right, bottom = trial.getbbox(text)
    scale = min(box[0] / max(1, right - left), box[1] / max(1, bottom - top))
    return ImageFont.truetype(font_file, max(SMALLEST, int(100 * scale)))


def banner(rng: random.Random, image: Image.Image, text: str, font_file: str) -> None:
    """One line somewhere near an edge, bare or on a bar of its own."""
    width, height = image.size
    box = int(width * rng.uniform(0.3, 0.9)), int(height * rng.uniform(0.035, 0.1))
    font = fitted(text, font_file, box)
    side = rng.choice([0.07, 0.93, rng.uniform(0.1, 0.9)])
    at = width * rng.uniform(0.48, 0.52), height * side
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = draw.textbbox(at, text, font, anchor="mm")
    if rng.random() < 0.5:
        pad = (bottom - top) // 2
        draw.rectangle((left - pad, top - pad, right + pad, bottom + pad), rng.choice(BRIGHT))
        draw.text(at, text, "white", font, anchor="mm")
    else:
        ink = rng.choice(BRIGHT)
        draw.text(at, text, ink, font, anchor="mm", stroke_width=2, stroke_fill="white")


def badge(rng: random.Random, image: Image.Image, text: str, font_file: str) -> None:
    """A round or star-shaped sticker with a text in a corner."""
    side = int(min(image.size) * rng.uniform(0.18, 0.32))
    x = rng.choice([side * 0.6, image.width - side * 0.6])
    y = rng.choice([side * 0.6, image.height - side * 0.6])
    turns = np.linspace(0, 2 * math.pi, 32, endpoint=False)
    depth = rng.choice([0.0, 0.15])
    radius = side / 2 * (1 - depth * (np.arange(32) % 2))
    draw = ImageDraw.Draw(image)
    outline = zip(x + radius * np.cos(turns), y + radius * np.sin(turns), strict=True)
    draw.polygon([(float(a), float(b)) for a, b in outline], rng.choice(BRIGHT))
    font = fitted(text, font_file, (int(side * 0.75), int(side * 0.4)))
    draw.text((x, y), text, "white", font, anchor="mm")


def watermark(rng: random.Random, image: Image.Image, text: str, font_file: str) -> None:
    """A faint text, once across the middle or many times all over, level or slanted."""
    width, height = image.size
    tiled = rng.random() < 0.6
    side = int(math.hypot(width, height))
    sheet = Image.new("L", (side, side))
    draw = ImageDraw.Draw(sheet)
    if tiled:
        font = fitted(text, font_file, (int(width * rng.uniform(0.2, 0.35)), height // 18))
        step = int(draw.textlength(text, font) * 1.4), int(height * rng.uniform(0.12, 0.22))
        for row, y in enumerate(range(0, side, step[1])):
            for x in range(-(row % 2) * step[0] // 2, side, step[0]):
                draw.text((x, y), text, 255, font)
    else:
        font = fitted(text, font_file, (int(width * rng.uniform(0.6, 0.9)), height // 6))
        draw.text((side / 2, side / 2), text, 255, font, anchor="mm")
    sheet = sheet.rotate(rng.choice([0, 0, 20, 30]), Image.Resampling.BICUBIC)
    start = (side - width) // 2, (side - height) // 2
    sheet = sheet.crop((*start, start[0] + width, start[1] + height))
    strength = rng.uniform(0.25, 0.6)
    ink = rng.choice([90, 128, 60])
    image.paste((ink, ink, ink), (0, 0), sheet.point(lambda value: int(value * strength)))


def code(rng: random.Random, side: int) -> Image.Image:
    """A QR code or a barcode of about this many pixels, on white."""
    if rng.random() < 0.65:
        text = f"https://example.org/{rng.randrange(10**6)}"
        found = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    else:
        text = f"{rng.randrange(10**11, 10**12)}"
        found = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    modules = Image.fromarray(np.asarray(found.to_image(scale=1)))
    scale = max(2, side // modules.width)
    larger = modules.resize(
        (modules.width * scale, modules.height * scale), Image.Resampling.NEAREST
    )
    return ImageOps.expand(larger, 4 * scale // 2, 255).convert("RGB")


def border(rng: random.Random, image: Image.Image) -> Image.Image:
    """The picture with a frame of one colour laid over its edge."""
    thick = max(4, int(min(image.size) * rng.uniform(0.012, 0.06)))
    inside = ImageOps.crop(image, thick)
    return ImageOps.expand(inside, thick, rng.choice([*BRIGHT, "#c9a227", "#ff66aa"]))


def size_chart(rng: random.Random, size: tuple[int, int], font_file: str) -> Image.Image:
    """A table of sizes and measures on white."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    heads = rng.choice(
        [("Size", "Chest", "Waist", "Length"), ("Taille", "Poitrine", "Hanches", "Cm")]
    )
    rows = [heads, *((name, *_measures(rng)) for name in ("XS", "S", "M", "L", "XL", "XXL"))]
    wide, high = size[0] / len(heads), size[1] / (len(rows) + 1)
    font = ImageFont.truetype(font_file, int(min(wide * 0.2, high * 0.4)))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            at = wide * (column + 0.5), high * (row + 1)
            draw.text(at, cell, "black", font, anchor="mm")
        draw.line((0, high * (row + 1.5), size[0], high * (row + 1.5)), "#999999", 2)
    return image


def _measures(rng: random.Random) -> list[str]:
    unit = rng.choice(["", " cm"])
    return [f"{rng.randrange(60, 130)}{unit}" for _ in range(3)]
