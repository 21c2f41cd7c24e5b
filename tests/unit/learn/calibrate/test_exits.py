"""Upper bounds on what a stage's exits let through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from shelfguard.learn.calibrate.exits import Passage, bound_exits, upper_bound


def ones(count: int) -> np.ndarray:
    return np.ones(count, np.float32)


def test_the_bound_is_clopper_and_pearson_s() -> None:
    """The share at which so few misses would be seen once in twenty times."""
    missed = np.arange(50) < 3
    bound = upper_bound(missed, ones(50), 0.95)
    assert binom.cdf(3, 50, bound) == pytest.approx(0.05, abs=1e-6)


def test_no_miss_in_many_is_the_rule_of_three() -> None:
    assert upper_bound(np.zeros(300, bool), ones(300), 0.95) == pytest.approx(0.01, rel=0.01)


def test_nothing_seen_bounds_nothing() -> None:
    assert upper_bound(np.zeros(0, bool), ones(0), 0.95) == 1
    assert upper_bound(np.ones(4, bool), ones(4), 0.95) == 1


@settings(max_examples=30)
@given(st.integers(1, 100), st.floats(0.01, 100))
def test_equal_weights_change_nothing(count: int, weight: float) -> None:
    missed = np.arange(count) % 3 == 0
    equal = np.full(count, weight, np.float32)
    expected = upper_bound(missed, ones(count), 0.9)
    assert upper_bound(missed, equal, 0.9) == pytest.approx(expected, abs=1e-5)


def test_unequal_weights_make_the_rows_worth_less() -> None:
    missed = np.zeros(100, bool)
    weights = np.where(np.arange(100) < 10, 50, 1).astype(np.float32)
    assert upper_bound(missed, weights, 0.95) > upper_bound(missed, ones(100), 0.95)


def test_the_bound_holds_in_at_least_the_stated_share_of_draws() -> None:
    rng = np.random.default_rng(0)
    draws = rng.random((2000, 120)) < 0.05
    held = [upper_bound(missed, ones(120), 0.9) >= 0.05 for missed in draws]
    assert np.mean(held) >= 0.9


def test_it_holds_too_at_a_stage_that_opens_at_one_of_the_rows() -> None:
    """As the cascade chooses where to open: at an order statistic of these very rows."""
    rng = np.random.default_rng(1)
    held = 0
    for openness in rng.random((2000, 120)):
        open_at = np.quantile(openness, 0.05, method="lower")
        held += upper_bound(openness < open_at, ones(120), 0.9) >= open_at  # uniform: its own share
    assert held / 2000 >= 0.89


def test_each_stage_is_charged_with_what_leaves_there() -> None:
    passage = Passage(
        left_at=np.array([0, 0, 0, 1, 1, -1, -1]),
        violating=np.array([0, 1, 1, 1, 0, 1, 0], bool),
        found=np.array([0, 1, 0, 0, 0, 1, 0], bool),
        weights=ones(7),
    )
    student, encoder, whole = bound_exits(passage, ["student", "encoder"])
    assert (student.listings, encoder.listings, whole.listings) == (3, 2, 5)
    assert (student.of_all.missed, student.of_all.of) == (2, 4)
    assert (student.of_found.missed, student.of_found.of) == (1, 2)
    assert (encoder.of_all.missed, encoder.of_all.of) == (1, 2)
    assert (whole.of_all.missed, whole.of_all.of) == (3, 4)
    assert (whole.of_found.missed, whole.of_found.of) == (1, 2)
