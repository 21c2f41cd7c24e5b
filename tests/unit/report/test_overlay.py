"""Findings on a picture: numbered once, drawn where they lie, labels apart."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.report.overlay import Area, area, drawing_size, marks, numbered
from tests.unit.report.scan_folder import reason, region

PICTURE = {"sha256": "ab" * 32}
WIDE = drawing_size(1200, 800)

SHARES = st.floats(0, 1)
BOXES = st.builds(
    lambda x1, y1, x2, y2: (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)),
    SHARES, SHARES, SHARES, SHARES,
)  # fmt: skip


def boxed(box: tuple[float, ...], place: int = 0, **changes: Any) -> dict[str, Any]:
    return region(PICTURE, place, box=list(box), **changes)


def test_areas_are_numbered_in_the_order_of_the_reasons_and_the_same_area_once() -> None:
    offer, code = boxed((0, 0, 1, 0.1)), boxed((0.5, 0.5, 1, 1))
    again = boxed((0, 0, 1, 0.1), field="images[0].text[2]")
    elsewhere = boxed((0, 0, 1, 0.1), place=1)
    numbers = numbered([reason("A", offer, code), reason("B", again, elsewhere)])
    assert list(numbers.values()) == [1, 2, 3]
    assert numbers[Area(0, (0, 0, 1, 0.1), None)] == 1


def test_what_lies_nowhere_on_a_picture_has_no_area() -> None:
    assert area(region(PICTURE)) is None
    assert area({"kind": "span", "field": "title"}) is None


def test_only_the_areas_of_one_picture_are_drawn_on_it() -> None:
    numbers = numbered([reason("A", boxed((0, 0, 1, 1)), boxed((0, 0, 0.5, 1), place=1))])
    assert [mark.number for mark in marks(numbers, 1, WIDE)] == [2]


def test_a_mask_that_its_run_lengths_do_not_fill_is_left_out() -> None:
    broken = region(PICTURE, kind="mask", mask={"size": [4, 4], "counts": [3, 2]})
    assert marks(numbered([reason("A", broken)]), 0, WIDE) == []


def test_a_mask_is_labelled_where_it_begins() -> None:
    half = region(PICTURE, kind="mask", mask={"size": [4, 4], "counts": [8, 8]})
    (mark,) = marks(numbered([reason("A", half)]), 0, WIDE)
    assert mark.mask is not None
    assert mark.label.x + mark.label.width >= WIDE[0] / 2


def test_the_labels_of_areas_that_begin_together_lie_apart() -> None:
    corner = [boxed((0, 0, share, share)) for share in (0.3, 0.5, 0.7)]
    first, second, third = (mark.label for mark in marks(numbered([reason("A", *corner)]), 0, WIDE))
    assert not first.meets(second)
    assert not second.meets(third)
    assert not first.meets(third)


@given(st.lists(BOXES, max_size=12), st.integers(1, 4000), st.integers(1, 4000))
def test_nothing_is_drawn_outside_the_picture(
    boxes: list[tuple[float, ...]], width: int, height: int
) -> None:
    size = drawing_size(max(width, height // 10), max(height, width // 10))
    for mark in marks(numbered([reason("A", *map(boxed, boxes))]), 0, size):
        for drawn in filter(None, (mark.box, mark.label)):
            assert drawn.x >= 0
            assert drawn.y >= 0
            assert drawn.x + drawn.width <= size[0] + 0.2
            assert drawn.y + drawn.height <= size[1] + 0.2
