from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

from shelfguard.images.sources import TEXT_GATE, find
from shelfguard.images.text_gate import FAINT, LIT, TextGate, lit_cells, spans, spread
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.lettering import written

Mask = npt.NDArray[np.bool_]
MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=14))


@pytest.fixture(scope="module")
def gate() -> TextGate:
    return TextGate(find(TEXT_GATE))


@given(MASKS)
def test_regions_hold_every_lit_cell_and_do_not_overlap(lit: Mask) -> None:
    covered = np.zeros(lit.shape, int)
    for left, top, right, bottom in spans(lit):
        covered[top:bottom, left:right] += 1
    assert covered.max() <= 1
    assert covered[lit].all()


@given(MASKS)
def test_regions_reach_beyond_what_is_lit(lit: Mask) -> None:
    assert not (lit & ~spread(lit)).any()
    assert lit.any() == spread(lit).any()


def test_faint_cells_count_where_a_lit_one_leads_there() -> None:
    faint, lit, dark = (LIT + FAINT) / 2, LIT + 1, FAINT - 1
    odds = np.array([[lit, faint, faint, dark, faint], [dark] * 5], np.float32)
    assert lit_cells(odds)[0].tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("size", [12, 20, 40, 90])
def test_text_of_any_size_lies_in_one_region(gate: TextGate, size: int) -> None:
    image, (left, top, right, bottom) = written("Livraison gratuite", size, at=(300, 200))
    assert any(
        box.left * 1000 <= left
        and box.top * 800 <= top
        and box.right * 1000 >= right
        and box.bottom * 800 >= bottom
        for box in gate.regions(as_picture(image))
    )


@pytest.mark.parametrize("colour", ["white", "black", "#c02030"])
@pytest.mark.parametrize("size", [(1, 1), (7, 300), (1280, 900)])
def test_a_plain_picture_has_no_regions(gate: TextGate, colour: str, size: tuple[int, int]) -> None:
    image, _ = canvas(colour, *size)
    assert gate.regions(as_picture(image)) == []


def test_most_of_a_drawn_product_is_spared(gate: TextGate) -> None:
    image, draw = canvas("white", 1000, 1000)
    draw.rounded_rectangle((300, 200, 700, 800), 60, fill="#3c5aa0")
    draw.ellipse((400, 100, 600, 260), fill="#20304f")
    regions = gate.regions(as_picture(image))
    assert sum((box.right - box.left) * (box.bottom - box.top) for box in regions) < 0.15
