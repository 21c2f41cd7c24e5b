"""The product's own surface."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.images.masks import Mask
from shelfguard.images.picture import Box
from shelfguard.images.product_area import ProductArea, cells
from tests.unit.images.hand_made import PRODUCT, region

shares = st.floats(0, 1)
BOXES = st.tuples(shares, shares, shares, shares).map(
    lambda s: Box(min(s[0], s[1]), min(s[2], s[3]), max(s[0], s[1]), max(s[2], s[3]))
)


def test_a_box_is_outside_by_the_share_that_lies_off_the_product() -> None:
    area = ProductArea.of(Mask.of(region(PRODUCT)), ())
    assert area.outside(Box(0.3, 0.3, 0.5, 0.5)) == 0
    assert area.outside(Box(0.1, 0.3, 0.3, 0.5)) == 0.5
    assert area.outside(Box(0, 0, 0.1, 0.1)) == 1


def test_a_large_product_with_a_line_of_print_stays() -> None:
    print_on_it = Box(0.3, 0.4, 0.7, 0.5)
    area = ProductArea.of(Mask.of(region(PRODUCT)), [print_on_it])
    assert area.outside(print_on_it) == 0


def test_without_product_everything_is_outside() -> None:
    assert ProductArea.of(Mask.of(region()), ()).outside(PRODUCT) == 1
    assert ProductArea.of(Mask.of(region()), ()).width == 0


@given(BOXES)
def test_every_box_touches_a_cell(box: Box) -> None:
    rows, columns = cells(box, (37, 91))
    assert 0 <= rows.start < rows.stop <= 37
    assert 0 <= columns.start < columns.stop <= 91


@given(st.lists(BOXES, max_size=4), BOXES)
def test_shares_lie_between_none_and_all(laid: list[Box], box: Box) -> None:
    area = ProductArea.of(Mask.of(region(PRODUCT)), laid)
    assert 0 <= area.outside(box) <= 1
