"""Separate pieces of a region."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays

from shelfguard.images.components import label
from shelfguard.images.masks import Region

REGIONS = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=2, max_dims=2, max_side=16))


def region(*rows: str) -> Region:
    return np.array([[mark == "#" for mark in row] for row in rows])


def test_pieces_are_numbered_from_one_in_reading_order() -> None:
    labels = label(region("##..#", ".....", "#...#"))
    assert labels.tolist() == [[1, 1, 0, 0, 2], [0] * 5, [3, 0, 0, 0, 4]]


def test_corners_connect() -> None:
    assert label(region("#..", ".#.", "..#", ".#.")).max() == 1


def test_a_piece_may_wind() -> None:
    spiral = region("#######", "......#", "#####.#", "#...#.#", "#.###.#", "#.....#", "#######")
    assert label(spiral).max() == 1


def test_nothing_has_no_pieces() -> None:
    assert label(np.zeros((4, 5), np.bool_)).tolist() == [[0] * 5] * 4


@settings(deadline=None)
@given(REGIONS)
def test_pieces_are_those_of_scipy(drawn: Region) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    expected, _ = ndimage.label(drawn, structure=np.ones((3, 3)))
    np.testing.assert_array_equal(label(drawn), expected)
