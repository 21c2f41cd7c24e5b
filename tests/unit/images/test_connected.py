from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from shelfguard.images.connected import connected

Mask = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]

MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12))


def boxes(mask: Mask) -> list[Box]:
    spans = ((*part.min(axis=0), *part.max(axis=0)) for part in connected(mask))
    return [(int(left), int(top), int(right), int(bottom)) for left, top, right, bottom in spans]


def flooded(mask: Mask) -> Iterator[Box]:
    """The same by flood fill, pixel by pixel."""
    left_over = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    while left_over:
        part, queue = set(), [min(left_over)]
        while queue:
            y, x = pixel = queue.pop()
            if pixel in left_over:
                left_over.remove(pixel)
                part.add(pixel)
                queue += [(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        ys, xs = zip(*part, strict=True)
        yield min(xs), min(ys), max(xs) + 1, max(ys) + 1


@given(MASKS)
def test_parts_are_those_of_a_flood_fill(mask: Mask) -> None:
    assert boxes(mask) == list(flooded(mask))


@given(MASKS)
def test_every_pixel_lies_inside_the_outline_of_one_part(mask: Mask) -> None:
    pixels = {(int(x), int(y)) for y, x in np.argwhere(mask)}
    inside = {
        (x, y)
        for left, top, right, bottom in boxes(mask)
        for x in range(left, right)
        for y in range(top, bottom)
    }
    assert pixels <= inside


@given(st.integers(1, 60))
def test_a_winding_line_is_one_part(turns: int) -> None:
    mask = np.zeros((4 * turns, 9), np.bool_)
    mask[::2] = True
    mask[1::4, 0] = mask[3::4, -1] = True
    assert len(boxes(mask)) == 1
