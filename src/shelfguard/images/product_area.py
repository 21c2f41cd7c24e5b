"""Where the product is, once text and codes that were taken for it are left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shelfguard.images.components import Labels, label
from shelfguard.images.masks import Mask, Region, bounding_box
from shelfguard.images.picture import Box

MOSTLY = 0.5
"""A piece of which text or a code covers this share was laid over the picture."""

SMALL = 0.3
"""Of the largest piece's area: pieces of a set differ less, a badge beside a product more."""


@dataclass(frozen=True, slots=True)
class ProductArea:
    """The product's own surface [height, width]: its pieces numbered from 1, their holes filled."""

    pieces: Labels

    @classmethod
    def of(cls, mask: Mask, laid: Sequence[Box]) -> ProductArea:
        """What a mask marks, without the pieces that consist of boxes of text or codes."""
        region = mask.region()
        if not region.any():
            return cls(label(region))
        covered = np.zeros_like(region)
        for box in laid:
            covered[cells(box, region.shape)] = True
        pieces = label(region)
        areas = np.maximum(1, np.bincount(pieces.ravel()))
        shares = np.bincount(pieces.ravel(), covered.ravel()) / areas
        own = shares < MOSTLY
        own[0] = False
        return cls(label(_filled(own[pieces])))

    def outside(self, box: Box) -> float:
        """The share of a box that lies off the product."""
        return 1 - float(self.region[cells(box, self.region.shape)].mean())

    def off_centre(self, box: Box) -> float:
        """How far the middle of a box lies from the middle of the piece under it.

        As a share of half that piece's width or height: 0 in the middle, 1 at its edge.
        """
        found = bounding_box(self._piece(box))
        if found is None:
            return 0.0
        across = abs(box.left + box.right - found.left - found.right) / (found.right - found.left)
        down = abs(box.top + box.bottom - found.top - found.bottom) / (found.bottom - found.top)
        return max(across, down)

    def on_small_piece(self, box: Box) -> bool:
        """Whether the piece under a box is far smaller than the largest one."""
        areas = np.bincount(self.pieces.ravel())[1:]
        return bool(0 < self._piece(box).sum() < SMALL * areas.max(initial=0))

    def _piece(self, box: Box) -> Region:
        """The piece that covers most of a box; nothing if none does."""
        within = self.pieces[cells(box, self.pieces.shape)]
        counts = np.bincount(within.ravel())[1:]
        return (self.pieces == counts.argmax() + 1) if counts.any() else np.zeros_like(self.region)

    @property
    def region(self) -> Region:
        """All pieces."""
        return self.pieces > 0

    @property
    def width(self) -> float:
        """Share of the picture's width from the product's first column to its last."""
        columns = np.flatnonzero(self.region.any(axis=0))
        return float(np.ptp(columns) + 1) / self.region.shape[1] if columns.size else 0.0


def cells(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The cells of a grid [height, width] that a box touches, one at least."""
    height, width = shape
    top, left = min(int(box.top * height), height - 1), min(int(box.left * width), width - 1)
    bottom = max(top + 1, math.ceil(box.bottom * height))
    return slice(top, bottom), slice(left, max(left + 1, math.ceil(box.right * width)))


def _filled(region: Region) -> Region:
    """A region with what it encloses: print on a label is often taken for background."""
    around = np.pad(~region, 1, constant_values=True)
    outside = label(around)
    return np.asarray(outside[1:-1, 1:-1] != outside[0, 0])
