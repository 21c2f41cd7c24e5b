from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.policy.interval import Share


def test_the_interval_is_wilsons() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
    assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(0, 20).interval == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_an_empty_sample_says_nothing() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)
    assert str(Share(0, 0)) == "no rows"


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval
    assert share.value is not None
    assert 0 <= low <= share.value <= high <= 1
