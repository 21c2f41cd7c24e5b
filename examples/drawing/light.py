"""How surfaces look under a studio's lamps: a large one at the upper left, a weak one at the right.

Normals are arrays [height, width, 3] of x to the right, y downwards and z to the viewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from examples.drawing.masks import Floats, blurred

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""

Form = Callable[[Floats], Floats]
"""From the mask of a part to its normals."""

KEY, FILL = np.array([-0.5, -0.6, 0.62]), np.array([0.75, -0.1, 0.65])
HALFWAY = np.array([-0.28, -0.34, 0.9])
"""Between the lamp and the viewer: where a highlight falls."""

SLOPE_ROWS = 9
"""Rows of pixels over which an outline's slope is taken, so that its steps do not show."""

WINDOW = (-0.45, 0.11)
"""Where a glossy surface shows the lamp's upright reflection, and how wide it is."""

GRAIN_CELLS = 160
"""Cells along a part's side in which its texture varies."""


@dataclass(frozen=True, slots=True)
class Material:
    """Shares from 0 to 1: how strongly it shines, mirrors the studio as metal does, and varies."""

    colour: Colour
    gloss: float = 0.0
    metal: float = 0.0
    grain: float = 0.02
    sharpness: float = 40.0
    """Exponent of the highlight: 10 is silk, 100 is glaze."""

    def lit(self, normals: Floats, seed: int) -> Floats:
        """Colours [height, width, 3] of a surface with these normals."""
        albedo = np.array(self.colour, np.float32)
        matte = albedo * _diffuse(normals)[..., None]
        tint = 0.25 + 0.75 * albedo / max(self.colour)
        mirror = tint * _studio(normals)[..., None] * (0.35 + 0.9 * max(self.colour))
        spot = np.clip(_toward(normals, HALFWAY), 0, 1) ** self.sharpness
        shine = self.gloss * (spot + 0.35 * _window(normals))
        mixed = (1 - self.metal) * matte + self.metal * mirror
        texture = 1 + self.grain * texture_of(normals.shape[:2], seed)
        found: Floats = np.clip(mixed * texture[..., None] + shine[..., None], 0, 1)
        return found


def flat(mask: Floats) -> Floats:
    """A sheet that faces the viewer."""
    return _unit(np.zeros_like(mask), np.zeros_like(mask))


def bulging(radius: float, depth: float = 1.0) -> Form:
    """A cushion whose edges are round with this radius in pixels, flattened by `depth`."""

    def form(mask: Floats) -> Floats:
        margin = round(2 * radius) + 2
        wide = np.pad(mask, margin)
        rise = np.clip(2 * blurred(wide, radius / 2) - 1, 0, 1)
        height = depth * radius * np.sqrt(rise + 1e-4)
        slopes = np.array(np.gradient(blurred(height.astype(np.float32), radius / 12)), np.float32)
        inner = (slice(margin, -margin), slice(margin, -margin))
        down, right = (-slope[inner] for slope in slopes)
        return _unit(right, down)

    return form


def turned(tilt: float = 0.0) -> Form:
    """A body turned on an upright axis, such as a bottle; it faces upwards by `tilt`."""

    def form(mask: Floats) -> Floats:
        width = np.maximum(mask.sum(axis=1, keepdims=True), 1)
        places = np.arange(mask.shape[1], dtype=np.float32)[None]
        middle, half = (mask * places).sum(axis=1, keepdims=True) / width, width / 2
        x = np.clip((places - middle) / half, -0.98, 0.98)
        slope = np.diff(blurred(half, SLOPE_ROWS), axis=0, append=half[-1:])
        y = np.broadcast_to(-np.clip(slope, -1.2, 1.2) - tilt, x.shape)
        return _normalised(np.stack([x, y * 0.8, np.sqrt(1 - x**2)], axis=-1))

    return form


def texture_of(shape: tuple[int, ...], seed: int) -> Floats:
    """Soft noise about 0, the same at every resolution."""
    rng = np.random.default_rng(seed)
    found = np.zeros(shape, np.float32)
    for cells in (GRAIN_CELLS, GRAIN_CELLS // 8):
        noise = Image.fromarray(rng.normal(size=(cells, cells)).astype(np.float32))
        found += np.asarray(noise.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
    return found / np.float32(2)


def _diffuse(normals: Floats) -> Floats:
    key, fill = (np.clip(_toward(normals, light), 0, 1) for light in (KEY, FILL))
    found: Floats = 0.3 + 0.85 * key + 0.22 * fill
    return found


def _window(normals: Floats) -> Floats:
    """The lamp as a strip, on what faces neither up nor down."""
    place, width = WINDOW
    upright = np.exp(-((normals[..., 1] / 0.3) ** 2))
    found: Floats = upright * np.exp(-(((normals[..., 0] - place) / width) ** 4))
    return found


def _studio(normals: Floats) -> Floats:
    """The brightness that a mirror sees: a softbox above, a strip at the left, a dark horizon."""
    x, y = (2 * normals[..., 2] * normals[..., axis] for axis in (0, 1))
    above = _step(0.05, -0.75, y)
    strip = np.exp(-(((x + 0.62) / 0.22) ** 2)) * 0.55
    rim = np.exp(-(((x - 0.8) / 0.15) ** 2)) * 0.3
    below = _step(0.25, 0.9, y) * 0.32
    found: Floats = 0.24 + 0.8 * above + strip + rim + below - 0.12 * np.exp(-((y / 0.25) ** 2))
    return found


def _step(start: float, end: float, values: Floats) -> Floats:
    t: Floats = np.clip((values - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def _toward(normals: Floats, light: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Floats:
    found: Floats = normals @ (light / np.linalg.norm(light)).astype(np.float32)
    return found


def _unit(x: Floats, y: Floats) -> Floats:
    return _normalised(np.stack([x, y, np.ones_like(x)], axis=-1))


def _normalised(vectors: Floats) -> Floats:
    found: Floats = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return found
