"""Paired tests and corrections for many of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.evaluate.significance import false_discoveries, family_wise, sign_flip

P_VALUES = st.lists(st.floats(0, 1), max_size=20)


def test_few_groups_are_tested_exactly() -> None:
    assert sign_flip(np.array([1.0, 1, 1, 1, 1])) == 2 / 2**5
    assert sign_flip(np.array([1.0, -1])) == 1
    assert sign_flip(np.zeros(5)) == 1


def test_many_groups_are_tested_by_random_signs() -> None:
    assert sign_flip(np.ones(30)) < 0.001
    balanced = np.r_[np.ones(15), -np.ones(15)]
    assert sign_flip(balanced) == 1
    assert sign_flip(balanced + 0.1) == pytest.approx(0.6, abs=0.1)


def test_holm_asks_more_of_the_smallest() -> None:
    assert family_wise([0.01, 0.04, 0.03], 0.05) == [True, False, False]
    assert family_wise([0.01, 0.02, 0.04], 0.05) == [True, True, True]


def test_benjamini_and_hochberg_reject_up_to_the_last_within_its_share() -> None:
    assert false_discoveries([0.9, 0.03, 0.02], 0.05) == [False, True, True]
    assert false_discoveries([0.9, 0.04, 0.02], 0.05) == [False, False, False]
    assert false_discoveries([], 0.05) == []


@given(P_VALUES)
def test_corrections_reject_less_than_no_correction(p_values: list[float]) -> None:
    holm, benjamini = family_wise(p_values, 0.05), false_discoveries(p_values, 0.05)
    for p, strict, loose in zip(p_values, holm, benjamini, strict=True):
        assert not strict or loose
        assert not loose or p <= 0.05
