"""Where a picture may hold text: a tiny network that spares most pictures the large ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from shelfguard.images.components import label, outlines
from shelfguard.images.masks import Region
from shelfguard.images.network import Floats, Network
from shelfguard.images.picture import Box, Picture
from shelfguard.images.text_map import padded_tensor

Span = tuple[int, int, int, int]

CODE_VERSION = 2

CELL = 8
"""Pixels; the network judges squares of this side."""

STRIDE = 16
"""The network halves its input four times on its longer path."""

LIT, FAINT = -0.7, -4.0
"""Log-odds above which a cell holds text, and above which it does so if lit ones lead there: what
that loses, benchmarks/README.md says."""

REACH = 2
"""Cells by which regions go beyond lit cells, so that lines stay whole."""


class TextGate:
    """Finds where text may be, far cheaper than the network that finds its lines.

    Raises:
        ModelError: the file is no such network.
    """

    def __init__(self, graph: Path) -> None:
        self._network = Network(graph, (None, 3, None, None), (1, None, None))
        self.version = f"{CODE_VERSION}+{self._network.version}"

    def regions(self, picture: Picture) -> list[Box]:
        """Where text may be in a picture: boxes that do not overlap."""
        height, width = picture.pixels.shape[:2]
        odds = self._network.run(padded_tensor(picture.pixels, STRIDE))[0]
        cells = lit_cells(odds[: -(-height // CELL), : -(-width // CELL)])
        return [_box(span, width, height) for span in spans(spread(cells))]


def lit_cells(odds: Floats) -> Region:
    """Pieces of faint cells that hold a lit one (thresholding with hysteresis, Canny, 1986)."""
    pieces = label(odds > FAINT)
    return np.isin(pieces, np.unique(pieces[odds > LIT]))


def spread(lit: Region) -> Region:
    """Lit cells and those within reach."""
    image = Image.fromarray(lit.astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * REACH + 1))) > 0


def spans(lit: Region) -> list[Span]:
    """Rectangles of cells (left, top, right, bottom) that hold all lit ones and do not touch."""
    filled = np.zeros_like(lit)
    found: list[Span] = []
    for piece in outlines(lit):
        left, top = (int(least) for least in piece.min(axis=0))
        right, bottom = (int(most) for most in piece.max(axis=0))
        filled[top:bottom, left:right] = True
        found.append((left, top, right, bottom))
    return found if np.array_equal(filled, lit) else spans(filled)


def _box(span: Span, width: int, height: int) -> Box:
    left, top, right, bottom = (side * CELL for side in span)
    return Box(left / width, top / height, min(right / width, 1.0), min(bottom / height, 1.0))
