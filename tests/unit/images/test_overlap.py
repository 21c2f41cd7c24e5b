"""How much boxes share, and which to keep."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.images.overlap import overlaps, suppress


def boxes(*edges: tuple[float, float, float, float]) -> npt.NDArray[np.float64]:
    return np.array(edges, np.float64).reshape(-1, 4)


def test_half_moved_boxes_share_a_third() -> None:
    assert overlaps(boxes((0, 0, 2, 2)), boxes((1, 0, 3, 2)))[0, 0] == pytest.approx(1 / 3)


def test_boxes_that_only_touch_share_nothing() -> None:
    assert overlaps(boxes((0, 0, 1, 1)), boxes((1, 0, 2, 1)))[0, 0] == 0


def test_boxes_without_area_share_nothing() -> None:
    assert overlaps(boxes((1, 1, 1, 1)), boxes((1, 1, 1, 1)))[0, 0] == 0


def test_of_boxes_that_mean_the_same_the_likeliest_stays() -> None:
    found = boxes((0, 0, 10, 10), (0, 0, 10, 9), (20, 20, 30, 30))
    assert suppress(found, np.array([0.5, 0.9, 0.7]), 0.5).tolist() == [1, 2]


def test_nothing_is_kept_of_nothing() -> None:
    assert suppress(boxes(), np.zeros(0), 0.5).tolist() == []


edge = st.integers(0, 20)
some_boxes = st.lists(st.tuples(edge, edge, edge, edge, st.floats(0, 1)), max_size=12)


@given(some_boxes, st.floats(0, 1))
def test_what_is_kept_differs_and_what_is_left_out_resembles(
    rows: list[tuple[int, int, int, int, float]], most: float
) -> None:
    found = boxes(*[(x, y, x + w, y + h) for x, y, w, h, _ in rows])
    scores = np.array([score for *_, score in rows])
    kept = suppress(found, scores, most).tolist()
    shared = overlaps(found, found)
    assert (np.diff(scores[kept]) <= 0).all()
    for number, place in enumerate(kept):
        assert all(shared[place, other] <= most for other in kept[:number])
    for place in set(range(len(rows))) - set(kept):
        assert any(shared[place, other] > most and scores[other] >= scores[place] for other in kept)
