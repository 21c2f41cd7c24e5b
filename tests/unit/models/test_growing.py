"""Arrays that grow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.models.growing import FIRST_ROOM, Growing

Pieces = st.lists(st.integers(0, 2 * FIRST_ROOM), max_size=6)


@given(Pieces)
def test_rows_are_all_that_were_added_in_order(lengths: list[int]) -> None:
    numbers = np.arange(2 * sum(lengths), dtype=np.float32).reshape(-1, 2)
    growing = Growing(numbers[:0])
    for end, length in zip(np.cumsum(lengths), lengths, strict=True):
        growing.add(numbers[end - length : end])
    assert growing.rows.tobytes() == numbers.tobytes()


def test_the_first_rows_may_be_many() -> None:
    first = np.arange(3 * FIRST_ROOM)
    assert (Growing(first).rows == first).all()


def test_rows_that_were_handed_out_stay_as_they_were() -> None:
    growing = Growing(np.zeros(1))
    before = growing.rows
    growing.add(np.ones(FIRST_ROOM))
    growing.add(np.ones(FIRST_ROOM))
    assert before.tolist() == [0]
    assert len(growing.rows) == 1 + 2 * FIRST_ROOM


def test_few_rows_are_added_without_a_copy_of_all() -> None:
    growing = Growing(np.zeros(1))
    before = growing.rows
    growing.add(np.ones(5))
    assert np.shares_memory(before, growing.rows)
