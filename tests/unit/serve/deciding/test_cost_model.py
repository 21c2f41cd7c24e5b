"""How long a batch will take, from those that ran."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.serve.deciding.cost_model import CostModel


def test_it_learns_what_a_batch_costs_and_what_a_row_costs() -> None:
    model = CostModel(1.0, 1.0)
    for rows in (1, 8, 64, 2, 32, 16) * 60:
        model.observe(rows, 0.003 + rows * 0.0002)
    assert model.seconds(64, at_once=64) == pytest.approx(0.003 + 64 * 0.0002, rel=0.01)
    assert model.seconds(640, at_once=64) == pytest.approx(10 * 0.003 + 640 * 0.0002, rel=0.01)


def test_batches_of_one_size_tell_what_that_size_costs() -> None:
    model = CostModel(0.001, 0.001)
    for _ in range(200):
        model.observe(1, 0.05)
    assert model.seconds(1, at_once=64) == pytest.approx(0.05, rel=0.05)


def test_it_forgets_how_slow_it_once_was() -> None:
    model = CostModel(0.001, 0.001)
    model.observe(10, 30.0)
    for rows in (5, 10, 20) * 60:
        model.observe(rows, rows * 0.001)
    assert model.seconds(10, at_once=64) == pytest.approx(0.01, rel=0.1)


@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0, 100)), max_size=50))
def test_time_is_never_negative_and_grows_with_rows(seen: list[tuple[int, float]]) -> None:
    model = CostModel(0.001, 0.001)
    for rows, seconds in seen:
        model.observe(rows, seconds)
    assert 0 <= model.seconds(1, at_once=64) <= model.seconds(100, at_once=64)
