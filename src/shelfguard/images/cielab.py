"""CIE L*a*b*: colours in which equal distances look about equally different."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.images.picture import Pixels

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ (IEC 61966-2-1)."""

EPSILON, KAPPA = 216 / 24389, 24389 / 27
"""Where the cube root gives way to a straight line (CIE 15:2004)."""

WHITE_LIGHTNESS, WHITE_CHROMA = 95.0, 4.0
"""Near-white: at least this L* (grey 241 of 255) and at most this far from grey, so that the
compression of a white background counts as white and a pale grey or cream one does not."""


def to_lab(pixels: Pixels) -> Floats:
    """L* (0 to 100), a* and b* [..., 3] of sRGB pixels [..., 3], under daylight (D65)."""
    linear = _LINEAR[pixels]
    xyz = linear @ _TO_RELATIVE_XYZ
    f = np.where(xyz > EPSILON, np.cbrt(xyz), (KAPPA * xyz + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def difference(lab: Floats, other: Floats) -> Floats:
    """CIE 1976 colour difference over the last axis; 2.3 is just noticeable."""
    apart: Floats = np.linalg.norm(lab - other, axis=-1)
    return apart


def is_near_white(lab: Floats) -> Bools:
    """Which colours [..., 3] are near-white."""
    grey: Bools = np.hypot(lab[..., 1], lab[..., 2]) <= WHITE_CHROMA
    return grey & (lab[..., 0] >= WHITE_LIGHTNESS)


def _linear(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Undo sRGB's gamma on values from 0 to 1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


_LINEAR = _linear(np.arange(256) / 255)
_TO_RELATIVE_XYZ = (TO_XYZ / TO_XYZ.sum(axis=1, keepdims=True)).T
