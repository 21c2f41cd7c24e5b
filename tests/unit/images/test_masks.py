"""Regions as run lengths."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shelfguard.errors import DataError
from shelfguard.images.masks import Mask, Region, bounding_box
from shelfguard.images.picture import Box

REGIONS = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12))


def test_runs_go_down_the_columns_and_begin_outside() -> None:
    region = np.array([[0, 1, 1], [0, 0, 1]], np.bool_)
    assert Mask.of(region) == Mask(2, 3, (2, 1, 1, 2))


def test_a_region_at_the_first_pixel_begins_with_an_empty_run() -> None:
    assert Mask.of(np.ones((2, 2), np.bool_)).counts == (0, 4)


@settings(deadline=None)
@given(REGIONS)
def test_a_region_comes_back_as_it_was(region: Region) -> None:
    np.testing.assert_array_equal(Mask.of(region).region(), region)


@settings(deadline=None)
@given(REGIONS)
def test_the_area_counts_the_pixels_inside(region: Region) -> None:
    assert Mask.of(region).area == region.sum()


@settings(deadline=None)
@given(REGIONS)
def test_a_mask_survives_json(region: Region) -> None:
    mask = Mask.of(region)
    read = json.loads(json.dumps(asdict(mask)))
    assert Mask(**read | {"counts": tuple(read["counts"])}) == mask


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.lists(st.integers(-3, 90)))
def test_runs_either_fill_the_mask_or_are_refused(
    height: int, width: int, counts: list[int]
) -> None:
    if min(counts, default=0) >= 0 and sum(counts) == height * width:
        assert Mask(height, width, tuple(counts)).region().shape == (height, width)
    else:
        with pytest.raises(DataError, match="counts"):
            Mask(height, width, tuple(counts))


def test_the_box_of_a_region_is_in_shares_of_the_picture() -> None:
    region = np.zeros((10, 20), np.bool_)
    region[2:5, 4:10] = True
    assert bounding_box(region) == Box(0.2, 0.2, 0.5, 0.5)


def test_an_empty_region_has_no_box() -> None:
    assert bounding_box(np.zeros((3, 3), np.bool_)) is None
