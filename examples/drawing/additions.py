"""What sellers lay over pictures against the rules: offers, phone numbers, codes, badges."""

from __future__ import annotations

import math

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from examples.drawing.lettering import BOLD, turned, words
from examples.drawing.light import Colour
from examples.drawing.masks import Floats, Pen, Point, Rectangle, of_image, union, without
from examples.drawing.stage import WHITE, Stage

RED, YELLOW, BLACK = (0.82, 0.08, 0.1), (1.0, 0.84, 0.1), (0.08, 0.08, 0.08)

WATERMARK_OPACITY = 0.3
SPIKES = 18
"""Points round a badge."""


def banner(stage: Stage, text: str, y: float, colour: Colour = RED) -> None:
    """A bar across the picture with a line of white text."""
    stage.paint(stage.pen.polygon((0, y - 62), (1000, y - 62), (1000, y + 62), (0, y + 62)), colour)
    stage.paint(words(stage.pen, text, (500, y), 76), WHITE)


def offer(stage: Stage, text: str, middle: Point) -> None:
    """Loud red text with a yellow edge, laid over the product."""
    letters = words(stage.pen, text, middle, 104)
    stage.paint(_grown(letters, round(stage.units(6))), YELLOW)
    stage.paint(letters, RED)


def note(stage: Stage, text: str, middle: Point) -> None:
    """Plain black text beside the product."""
    stage.paint(words(stage.pen, text, middle, 46), BLACK)


def badge(stage: Stage, text: str, middle: Point, radius: float = 150) -> None:
    """A star-shaped seal."""
    x, y = middle
    corners = [
        (x + size * math.cos(turn), y + size * math.sin(turn))
        for n in range(2 * SPIKES)
        for size, turn in [(radius * (1 if n % 2 else 0.88), n * math.pi / SPIKES)]
    ]
    stage.paint(stage.pen.polygon(*corners), RED)
    ring = 0.78 * radius
    outer = stage.pen.ellipse((x - ring, y - ring, x + ring, y + ring))
    inner = stage.pen.ellipse((x - ring + 6, y - ring + 6, x + ring - 6, y + ring - 6))
    stage.paint(without(outer, inner), YELLOW)
    stage.paint(words(stage.pen, text, middle, 0.33 * radius), WHITE)


def border(stage: Stage, width: float = 32, colour: Colour = (0.55, 0.08, 0.2)) -> None:
    """A frame round the picture."""
    low, high = width, 1000 - width
    inside = stage.pen.polygon((low, low), (high, low), (high, high), (low, high))
    stage.paint(1 - inside, colour)


def watermark(stage: Stage, text: str) -> None:
    """The same words again and again, slanted and half transparent."""
    places = [(x, y) for y in range(-100, 1200, 190) for x in range(-100, 1200, 520)]
    rows = [words(stage.pen, text, (x + y % 380, y), 54) for x, y in places]
    slanted = turned(union(*rows), 28)
    stage.paint(slanted, (0.45, 0.45, 0.48), WATERMARK_OPACITY)


def qr_code(stage: Stage, text: str, box: Rectangle) -> None:
    """A QR code on a white card."""
    left, top, right, bottom = box
    card = stage.pen.rounded((left - 26, top - 26, right + 26, bottom + 26), 12)
    stage.shadow(card, (6, 8), 10, 0.3)
    stage.paint(card, WHITE)
    stage.paint(code_bars(stage.pen, text, "QRCode", box), BLACK)


def code_bars(pen: Pen, text: str, kind: str, box: Rectangle) -> Floats:
    """The dark parts of a code of one of zxing-cpp's kinds, without the white round it."""
    left, top, right, bottom = (round(value * pen.scale) for value in box)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat[kind])
    drawn = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    image = Image.fromarray(255 - drawn).resize((right - left, bottom - top), Image.Resampling.BOX)
    mask = np.zeros((pen.side, pen.side), np.float32)
    mask[top:bottom, left:right] = of_image(image)
    return mask


def ean_13(pen: Pen, digits: str, box: Rectangle) -> Floats:
    """A retail barcode with its digits below; `digits` are all thirteen."""
    left, top, right, bottom = box
    bars = code_bars(pen, digits, "EAN13", (left, top, right, bottom - 34))
    return union(bars, words(pen, digits, ((left + right) / 2, bottom - 12), 30, BOLD))


def _grown(mask: Floats, pixels: int) -> Floats:
    """A mask with a band of so many pixels round it."""
    image = Image.fromarray((mask * 255).astype(np.uint8))
    return of_image(image.filter(ImageFilter.MaxFilter(2 * pixels + 1)))
