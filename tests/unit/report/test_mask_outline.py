"""A mask's paths cover its pixels, on a coarse grid, and go round them."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shelfguard.images.masks import Mask, Region
from shelfguard.report.mask_outline import CELLS, mask_outline

REGIONS = arrays.arrays(bool, st.tuples(st.integers(1, 30), st.integers(1, 30)))


def filled(path: str, shape: tuple[int, ...]) -> Region:
    """The cells that a path of one-cell rows fills."""
    region = np.zeros(shape, bool)
    for x, y, n, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert n == back
        region[int(y), int(x) : int(x) + int(n)] = True
    return region


@given(REGIONS)
def test_a_small_mask_is_filled_cell_by_cell(region: Region) -> None:
    drawn = mask_outline(Mask.of(region))
    if drawn is None:
        assert not region.any()
    else:
        assert (filled(drawn.fill, region.shape) == region).all()
        assert (drawn.width, drawn.height) == region.shape[::-1]


@given(REGIONS)
def test_the_outline_is_as_long_as_the_marked_cells_border(region: Region) -> None:
    padded = np.pad(region, 1).astype(int)
    border = sum(int(np.abs(np.diff(padded, axis=axis)).sum()) for axis in (0, 1))
    drawn = mask_outline(Mask.of(region))
    lengths = re.findall(r"[hv](\d+)", drawn.outline) if drawn else []
    assert sum(map(int, lengths)) == border


def test_a_large_mask_is_drawn_coarsely_and_loses_no_speck() -> None:
    region = np.zeros((1280, 960), bool)
    region[700, 300] = True
    drawn = mask_outline(Mask.of(region))
    assert drawn is not None
    assert (drawn.left, drawn.top) == (300 // 16, 700 // 16)
    assert drawn.height == CELLS
    assert drawn.outline.count("M") == 4


def test_a_mask_of_nothing_draws_nothing() -> None:
    assert mask_outline(Mask(10, 10, (100,))) is None
