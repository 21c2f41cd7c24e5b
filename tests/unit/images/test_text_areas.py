from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageDraw

from shelfguard.images.text_areas import Area, areas, smallest_area

SIZE = (400, 300)

AREAS = st.builds(
    Area,
    x=st.floats(150, 250),
    y=st.floats(120, 180),
    width=st.floats(90, 160),
    height=st.floats(14, 40),
    tilt=st.floats(-40, 40).map(math.radians),
)


def likely(*shapes: Area, probability: float = 0.9) -> npt.NDArray[np.float32]:
    """A map that is `probability` inside some areas and nought elsewhere."""
    image = Image.new("L", SIZE)
    for area in shapes:
        x, y = area.at(np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1]))
        ImageDraw.Draw(image).polygon([*zip(x.tolist(), y.tolist(), strict=True)], fill=255)
    return (np.asarray(image) > 0).astype(np.float32) * np.float32(probability)


@given(AREAS)
def test_a_tilted_line_is_found_where_it_lies(area: Area) -> None:
    (found,) = areas(likely(area))
    assert (found.x, found.y) == pytest.approx((area.x, area.y), abs=2)
    assert found.tilt == pytest.approx(area.tilt, abs=math.radians(3))
    assert found.width > area.width
    assert found.height > area.height


def test_lines_that_do_not_touch_are_told_apart() -> None:
    upper, lower = Area(200, 60, 150, 20, 0), Area(200, 200, 150, 20, 0)
    assert [round(area.y, -1) for area in areas(likely(upper, lower))] == [60, 200]


@pytest.mark.parametrize(
    "found",
    [
        likely(),
        likely(Area(200, 150, 100, 20, 0), probability=0.2),
        likely(Area(200, 150, 100, 20, 0), probability=0.4),
        likely(Area(200, 150, 100, 1, 0)),
    ],
    ids=["nothing", "unlikely", "likely only in parts", "a thin stroke"],
)
def test_what_is_no_line_is_left_out(found: npt.NDArray[np.float32]) -> None:
    assert areas(found) == []


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=30))
def test_the_smallest_area_holds_all_points(points: list[tuple[int, int]]) -> None:
    area = smallest_area(np.array(points, float))
    cosine, sine = math.cos(area.tilt), math.sin(area.tilt)
    for x, y in points:
        right, below = x - area.x, y - area.y
        assert abs(right * cosine + below * sine) <= area.width / 2 + 1e-6
        assert abs(below * cosine - right * sine) <= area.height / 2 + 1e-6


@given(AREAS)
def test_the_box_of_an_area_is_a_share_of_the_picture(area: Area) -> None:
    box = area.box(*SIZE)
    assert 0 <= box.left < box.right <= 1
    assert 0 <= box.top < box.bottom <= 1


MAPS = arrays(
    np.float32,
    array_shapes(min_dims=2, max_dims=2, max_side=24),
    elements=st.sampled_from([0.0, 0.4, 0.9]),
    fill=st.just(0.9),
)


@given(MAPS)
def test_whatever_is_found_lies_in_the_picture(found: npt.NDArray[np.float32]) -> None:
    height, width = found.shape
    for box in (area.box(width, height) for area in areas(found)):
        assert 0 <= box.left < box.right <= 1
        assert 0 <= box.top < box.bottom <= 1
