"""A picture that parts, prints and shadows are laid on."""

from __future__ import annotations

import zlib

import numpy as np
from PIL import Image

from examples.drawing.light import Colour, Form, Material
from examples.drawing.masks import Floats, Pen, blurred, bounds, moved

OVERSAMPLING = 2
"""Pixels are drawn finer than they are kept, so that edges are smooth."""

WHITE: Colour = (1.0, 1.0, 1.0)


class Stage:
    """A square of 1,000 units, kept as `side` x `side` pixels."""

    def __init__(self, side: int, ground: Colour = WHITE) -> None:
        self.side = side
        self.pen = Pen(side * OVERSAMPLING)
        self.pixels = np.empty((self.pen.side, self.pen.side, 3), np.float32)
        self.pixels[:] = ground
        self._covered = np.zeros(self.pixels.shape[:2], np.float32)

    def units(self, length: float) -> float:
        """A length in the pixels that are drawn."""
        return length * self.pen.scale

    def lay(self, mask: Floats, form: Form, material: Material, shade: float = 1.0) -> None:
        """Put a part on what is there; `shade` darkens what lies deep."""
        box = bounds(mask)
        part = mask[box]
        if part.size:
            # So a part looks the same whatever was drawn before it.
            seed = zlib.crc32(repr(material).encode())
            self._covered[box] = np.maximum(self._covered[box], part)
            self._mix(box, part, shade * material.lit(form(part), seed))

    def print(self, mask: Floats, colour: Colour, opacity: float = 1.0) -> None:
        """Ink on a surface, which keeps the surface's light and shadow."""
        box = bounds(mask)
        light = self.pixels[box].mean(axis=-1, keepdims=True)
        light = light / max(float(light.max(initial=0.0)), 1e-6)
        self._mix(box, mask[box] * opacity, light * np.array(colour, np.float32))

    def paint(self, mask: Floats, colour: Colour, opacity: float = 1.0) -> None:
        """Plain colour, as added by a program."""
        self._mix(bounds(mask), mask[bounds(mask)] * opacity, np.array(colour, np.float32))

    def shadow(self, mask: Floats, offset: tuple[float, float], soft: float, depth: float) -> None:
        """Darken what is there under a mask moved by units to the right and downwards."""
        fallen = blurred(moved(mask, *(self.units(x) for x in offset)), self.units(soft))
        self.pixels *= 1 - depth * fallen[..., None]

    def image(self) -> Image.Image:
        """The picture as a camera keeps it."""
        return self._reduced(self.pixels)

    def cutout(self) -> Image.Image:
        """The parts alone, transparent round them."""
        image = self.image()
        image.putalpha(self._reduced(self._covered))
        return image

    def _reduced(self, values: Floats) -> Image.Image:
        whole = Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))
        return whole.resize((self.side, self.side), Image.Resampling.LANCZOS)

    def _mix(self, box: tuple[slice, slice], mask: Floats, colours: Floats) -> None:
        share = mask[..., None]
        self.pixels[box] = self.pixels[box] * (1 - share) + colours * share
