"""Where a picture may hold text: a tiny network that spares most pictures the large ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from shelfguard.images.connected import connected
from shelfguard.images.network import Network
from shelfguard.images.picture import Box, Picture
from shelfguard.images.text_map import padded_tensor

Mask = npt.NDArray[np.bool_]
Span = tuple[int, int, int, int]

CODE_VERSION = 1

CELL = 8
"""Pixels; the network judges squares of this side."""

STRIDE = 16
"""The network halves its input four times on its longer path."""

LIT = -2.0
"""Log-odds above which a cell may hold text: what that loses, benchmarks/README.md says."""

REACH = 2
"""Cells by which regions go beyond lit cells, so that lines stay whole."""


@dataclass(frozen=True, slots=True)
class TextRegions:
    """Where text may be; regions do not overlap, and there are none where there is no text."""

    regions: tuple[Box, ...]


class TextGate:
    """Finds where text may be, far cheaper than the network that finds its lines.

    Raises:
        ModelError: the file is no such network.
    """

    name = "text_gate"

    def __init__(self, graph: Path) -> None:
        self._network = Network(graph, (None, 3, None, None), (1, None, None))
        self.version = f"{CODE_VERSION}+{self._network.version}"

    def read(self, picture: Picture) -> TextRegions:
        """Where text may be in a picture."""
        height, width = picture.pixels.shape[:2]
        odds = self._network.run(padded_tensor(picture.pixels, STRIDE))[0]
        lit = odds[: -(-height // CELL), : -(-width // CELL)] > LIT
        return TextRegions(tuple(_box(span, width, height) for span in spans(spread(lit))))


def spread(lit: Mask) -> Mask:
    """Lit cells and those within reach."""
    image = Image.fromarray(lit.astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * REACH + 1))) > 0


def spans(lit: Mask) -> list[Span]:
    """Rectangles of cells (left, top, right, bottom) that hold all lit ones and do not touch."""
    filled = np.zeros_like(lit)
    found: list[Span] = []
    for part in connected(lit):
        left, top = (int(least) for least in part.min(axis=0))
        right, bottom = (int(most) for most in part.max(axis=0))
        filled[top:bottom, left:right] = True
        found.append((left, top, right, bottom))
    return found if np.array_equal(filled, lit) else spans(filled)


def _box(span: Span, width: int, height: int) -> Box:
    left, top, right, bottom = (side * CELL for side in span)
    return Box(left / width, top / height, min(right / width, 1.0), min(bottom / height, 1.0))
