"""What every transform keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.picture import Box, Picture
from shelfguard.learn.pictures.robustness import transforms
from shelfguard.learn.pictures.robustness.changed import size_of
from shelfguard.learn.pictures.robustness.transforms import TRANSFORMS, Transform
from tests.unit.images.drawing import as_picture, canvas, scene

ANY = pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda each: each.name)
SIDES = st.integers(40, 160)
SHARES = st.floats(0, 1)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Picture, Box]:
    """A dark picture with a bright green block somewhere, and its box."""
    width, height = draw(SIDES), draw(SIDES)
    left, top = draw(st.integers(0, width - 20)), draw(st.integers(0, height - 20))
    wide, high = draw(st.integers(12, width - left)), draw(st.integers(12, height - top))
    image, pen = canvas("#202020", width, height)
    pen.rectangle((left, top, left + wide - 1, top + high - 1), fill="#00ff00")
    edges = left / width, top / height, (left + wide) / width, (top + high) / height
    return as_picture(image), Box(*edges)


@ANY
@settings(deadline=None, max_examples=40)
@given(block=blocks())
def test_a_marked_block_ends_inside_its_box(
    transform: Transform, block: tuple[Picture, Box]
) -> None:
    picture, box = block
    changed = transform.change(picture)
    red, green, blue = (changed.pixels[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((green > 180) & (red < 90) & (blue < 90))
    found = changed.box(box, 0)
    if not rows.size:
        return
    assert found is not None
    width, height = size_of(changed.pixels)
    assert columns.min() >= found.left * width - 1
    assert rows.min() >= found.top * height - 1
    assert columns.max() < found.right * width + 1
    assert rows.max() < found.bottom * height + 1


@ANY
@settings(deadline=None, max_examples=40)
@given(width=SIDES, height=SIDES, edges=st.tuples(SHARES, SHARES, SHARES, SHARES))
def test_a_box_stays_in_the_picture(
    transform: Transform, width: int, height: int, edges: tuple[float, ...]
) -> None:
    left, right = sorted(edges[:2])
    top, bottom = sorted(edges[2:])
    changed = transform.change(as_picture(canvas(width=width, height=height)[0]))
    found = changed.box(Box(left, top, right, bottom), 0)
    assert found is None or 0 <= found.left <= found.right <= 1
    assert found is None or 0 <= found.top <= found.bottom <= 1


@ANY
def test_the_original_is_left_alone(transform: Transform) -> None:
    picture = as_picture(scene())
    before = picture.pixels.copy()
    transform.change(picture)
    np.testing.assert_array_equal(picture.pixels, before)


@given(SIDES, SIDES, st.integers(0, 9))
@settings(deadline=None, max_examples=20)
def test_the_mirror_of_a_mirror_is_the_picture(width: int, height: int, seed: int) -> None:
    picture = as_picture(scene(width, height, seed))
    twice = transforms.mirrored(transforms.mirrored(picture).picture)
    np.testing.assert_array_equal(twice.pixels, picture.pixels)


@ANY
def test_only_a_crop_cuts_something_off(transform: Transform) -> None:
    assert transform.change(as_picture(scene(90, 130))).is_cut == (transform.name == "crop")


def test_sizes_change_as_they_are_said_to() -> None:
    picture = as_picture(scene(200, 100))
    sizes = {each.name: size_of(each.change(picture).pixels) for each in TRANSFORMS}
    assert sizes.pop("crop") == (160, 80)
    assert sizes.pop("half size") == (100, 50)
    assert sizes.pop("border") == (216, 116)
    assert sizes.pop("rotation") == (220, 149)
    assert {*sizes.values()} == {(200, 100)}


def test_turned_corners_are_white() -> None:
    pixels = transforms.turned(as_picture(canvas("black", 100, 100)[0])).pixels
    assert (pixels[[0, 0, -1, -1], [0, -1, 0, -1]] == 255).all()
    assert (pixels[60, 60] == 0).all()


def test_an_overlay_lets_through_what_is_under_it() -> None:
    picture = as_picture(canvas("#4060a0", 300, 200)[0])
    laid = transforms.overlaid(picture).pixels
    assert 0.02 < (laid != picture.pixels).any(axis=2).mean() < 0.5
    assert laid.min() > 0
    assert laid.max() < 255
