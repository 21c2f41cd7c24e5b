"""Separate pieces of a region."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shelfguard.images.components import label, outlines
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


@given(st.integers(1, 60))
def test_a_piece_may_wind_for_long(turns: int) -> None:
    winding = np.zeros((4 * turns, 9), np.bool_)
    winding[::2] = True
    winding[1::4, 0] = winding[3::4, -1] = True
    assert label(winding).max() == 1


def test_nothing_has_no_pieces() -> None:
    nothing = np.zeros((4, 5), np.bool_)
    assert label(nothing).tolist() == [[0] * 5] * 4
    assert list(outlines(nothing)) == []


@settings(deadline=None)
@given(REGIONS)
def test_pieces_are_those_of_scipy(drawn: Region) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    expected, _ = ndimage.label(drawn, structure=np.ones((3, 3)))
    np.testing.assert_array_equal(label(drawn), expected)


@given(REGIONS)
def test_an_outline_reaches_as_far_as_its_piece(drawn: Region) -> None:
    labels = label(drawn)
    found = list(outlines(drawn))
    assert len(found) == labels.max()
    for number, outline in enumerate(found, start=1):
        ys, xs = np.nonzero(labels == number)
        assert outline.min(axis=0).tolist() == [xs.min(), ys.min()]
        assert outline.max(axis=0).tolist() == [xs.max() + 1, ys.max() + 1]


def test_an_outline_has_the_corners_of_a_tilted_piece() -> None:
    (outline,) = outlines(region("#...", ".#..", "..##"))
    assert {(0, 0), (1, 0), (0, 1), (4, 2), (2, 3), (4, 3)} <= {(x, y) for x, y in outline.tolist()}
