"""Colours as people see them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.cielab import difference, is_near_white, to_lab

BYTE = st.integers(0, 255)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_known_colours_have_their_published_coordinates(
    colour: tuple[int, int, int], lab: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(to_lab(np.array(colour, np.uint8)), lab, atol=0.02)


@settings(deadline=None)
@given(BYTE)
def test_a_grey_has_no_colour(level: int) -> None:
    assert abs(to_lab(np.array([level] * 3, np.uint8))[1:]).max() < 0.01


@settings(deadline=None)
@given(BYTE, BYTE)
def test_a_lighter_grey_has_more_lightness(one: int, other: int) -> None:
    first, second = (to_lab(np.array([level] * 3, np.uint8))[0] for level in (one, other))
    assert (first < second) == (one < other)


@pytest.mark.parametrize("colour", [(255, 255, 255), (248, 250, 249), (242, 242, 242)])
def test_what_compression_leaves_of_white_is_near_white(colour: tuple[int, int, int]) -> None:
    assert is_near_white(to_lab(np.array(colour, np.uint8)))


@pytest.mark.parametrize("colour", [(230, 230, 230), (255, 253, 240), (240, 248, 255), (0, 0, 0)])
def test_pale_grey_cream_and_light_blue_are_not(colour: tuple[int, int, int]) -> None:
    assert not is_near_white(to_lab(np.array(colour, np.uint8)))


@settings(deadline=None)
@given(st.tuples(BYTE, BYTE, BYTE), st.tuples(BYTE, BYTE, BYTE))
def test_a_difference_is_the_same_both_ways_and_none_of_a_colour_to_itself(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    a, b = to_lab(np.array(one, np.uint8)), to_lab(np.array(other, np.uint8))
    assert difference(a, b) == difference(b, a)
    assert difference(a, a) == 0
