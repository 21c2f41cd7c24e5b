"""A mask as SVG paths: a coarse grid of cells, filled and outlined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from shelfguard.images.masks import Mask, Region

CELLS = 80
"""Along the long side: the outline of a product stays plain, in a few kilobytes."""


@dataclass(frozen=True)
class MaskOutline:
    """Paths in cells; `left` and `top` are of its first cells, `width` and `height` of the whole
    picture, all in cells too.
    """

    fill: str
    outline: str
    left: int
    top: int
    width: float
    height: float


def mask_outline(mask: Mask) -> MaskOutline | None:
    """The paths of a mask, None where nothing is marked."""
    step = max(1, ceil(max(mask.height, mask.width) / CELLS))
    if not mask.area:
        return None
    cells = _coarse(mask.region(), step)
    return MaskOutline(
        fill="".join(f"M{x} {y}h{n}v1h-{n}z" for y, x, n in _runs(cells)),
        outline=_edges(cells),
        left=int(cells.any(axis=0).argmax()),
        top=int(cells.any(axis=1).argmax()),
        width=mask.width / step,
        height=mask.height / step,
    )


def _coarse(region: Region, step: int) -> Region:
    """Cells of `step` pixels, each marked if any pixel is: nothing small is lost."""
    for axis in (0, 1):
        starts = np.arange(0, region.shape[axis], step)
        region = np.logical_or.reduceat(region, starts, axis=axis)
    return region


def _edges(cells: Region) -> str:
    """The lines between marked and unmarked cells."""
    level = [f"M{x} {y}h{n}" for y, x, n in _runs(_changes(cells))]
    upright = [f"M{x} {y}v{n}" for x, y, n in _runs(_changes(cells.T))]
    return "".join(level + upright)


def _changes(cells: Region) -> Region:
    """Where a row differs from the one above it; outside, nothing is marked."""
    framed = np.pad(cells, ((1, 1), (0, 0)))
    changes: Region = np.logical_xor(framed[1:], framed[:-1])
    return changes


def _runs(lines: Region) -> Iterator[tuple[int, int, int]]:
    """(line, first, length) of each run of marked cells."""
    changes = np.diff(np.pad(lines, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    at, first = np.nonzero(changes == 1)
    _, end = np.nonzero(changes == -1)
    yield from zip(at.tolist(), first.tolist(), (end - first).tolist(), strict=True)
