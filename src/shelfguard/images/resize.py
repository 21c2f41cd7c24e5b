"""Pictures made smaller for what looks at them."""

from __future__ import annotations

import numpy as np
from PIL import Image

from shelfguard.images.picture import Pixels


def resized(
    pixels: Pixels, width: int, height: int, method: Image.Resampling = Image.Resampling.BILINEAR
) -> Pixels:
    """Pixels [height, width, 3] whatever the proportions were."""
    return np.asarray(Image.fromarray(pixels).resize((width, height), method))


def size_within(size: tuple[int, ...], long_side: int) -> tuple[int, int]:
    """Width and height in the proportions of `size`, the longer of them `long_side` pixels."""
    scale = long_side / max(size)
    width, height = (max(1, round(side * scale)) for side in size)
    return width, height
