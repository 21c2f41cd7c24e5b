"""Soft and missing targets as weighted answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.train.targets import answers

Target = st.one_of(st.just(np.nan), st.floats(0, 1, width=32))


def test_a_doubtful_row_gives_both_answers_with_its_probability_as_weight() -> None:
    rows, violates, weights = answers(np.array([1, 0.75, 0], np.float32))
    assert rows.tolist() == [0, 1, 2, 1]
    assert violates.tolist() == [True, True, False, False]
    assert weights.tolist() == [1, 0.75, 1, 0.25]


def test_an_unknown_row_gives_none() -> None:
    assert answers(np.array([np.nan, 1, np.nan], np.float32)).rows.tolist() == [1]


def test_weights_multiply() -> None:
    found = answers(np.array([1, 0.75], np.float32), np.array([2, 4], np.float32))
    assert found.weights.tolist() == [2, 3, 1]


def test_balanced_answers_weigh_the_same() -> None:
    found = answers(np.array([1, 0, 0, 0], np.float32)).balanced()
    assert found.weights[found.violates].sum() == pytest.approx(2)
    assert found.weights.sum() == pytest.approx(4)


@given(st.lists(Target, min_size=1, max_size=30))
def test_each_known_row_counts_once_in_total(targets: list[float]) -> None:
    target = np.array(targets, np.float32)
    rows, _, weights = answers(target)
    known = ~np.isnan(target)
    totals = np.bincount(rows, weights, len(target))
    np.testing.assert_allclose(totals[known], 1, atol=1e-6)
    assert not totals[~known].any()
