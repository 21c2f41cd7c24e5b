"""Where the parts of a picture lie after a change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.images.picture import Box, Picture
from shelfguard.learn.pictures.robustness.changed import Changed, scaling, shift
from tests.unit.images.drawing import as_picture, canvas

SHARES = st.floats(0, 1)


def blank(width: int = 200, height: int = 100) -> Picture:
    return as_picture(canvas(width=width, height=height)[0])


def right_half() -> Changed:
    """A picture whose left half was cut off."""
    picture = blank()
    return Changed(picture, picture.pixels[:, 100:], shift(-100, 0))


def test_a_box_goes_where_the_picture_goes() -> None:
    assert right_half().box(Box(0.5, 0, 0.75, 1), 1) == Box(0, 0, 0.5, 1)


def test_a_box_is_cut_at_the_edge_as_long_as_enough_of_it_is_in_sight() -> None:
    across = Box(0.4, 0, 0.6, 1)
    cut = right_half().box(across, 0.5)
    assert cut is not None
    assert (cut.left, cut.right) == pytest.approx((0, 0.2))
    assert right_half().box(across, 0.6) is None


def test_what_is_out_of_sight_has_no_box() -> None:
    assert right_half().box(Box(0, 0, 0.5, 1), 0) is None


def test_only_a_picture_that_lost_something_is_cut() -> None:
    picture = blank()
    assert right_half().is_cut
    assert not Changed(picture, picture.pixels, np.eye(3)).is_cut


def test_a_file_larger_than_its_pixels_shrinks_as_they_do() -> None:
    picture = blank()
    large = Picture("", "JPEG", 2000, 1000, 1, picture.pixels)
    halved = Changed(large, picture.pixels[::2, ::2], scaling((200, 100), (100, 50)))
    assert (halved.picture.width, halved.picture.height) == (1000, 500)


def test_a_region_is_moved_from_one_coarse_grid_to_another() -> None:
    region = np.zeros((10, 20), bool)
    region[:, 10:15] = True
    found = right_half().region(region, (20, 20))
    assert found[:, :10].all()
    assert not found[:, 10:].any()


@given(SHARES, SHARES, SHARES, SHARES, st.floats(-300, 300), st.floats(-300, 300), SHARES)
def test_a_box_lies_in_the_picture(
    x: float, y: float, other_x: float, other_y: float, across: float, down: float, seen: float
) -> None:
    left, right = sorted((x, other_x))
    top, bottom = sorted((y, other_y))
    picture = blank()
    found = Changed(picture, picture.pixels, shift(across, down)).box(
        Box(left, top, right, bottom), seen
    )
    assert found is None or 0 <= found.left <= found.right <= 1
    assert found is None or 0 <= found.top <= found.bottom <= 1
