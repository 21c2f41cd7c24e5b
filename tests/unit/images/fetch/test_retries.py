from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.fetch.retries import Retries


@settings(deadline=None)
@given(st.integers(1, 9))
def test_waits_grow_at_random_up_to_the_longest(tried: int) -> None:
    wait = Retries(tries=10, first_wait=0.5, longest_wait=4.0).wait(tried, None)
    assert wait is not None
    assert 0 <= wait <= min(4.0, 0.5 * 2 ** (tried - 1))


def test_there_are_only_so_many_tries() -> None:
    assert Retries(tries=3).wait(2, None) is not None
    assert Retries(tries=3).wait(3, None) is None


def test_what_the_server_asks_for_comes_first() -> None:
    assert Retries().wait(1, 7.0) == 7.0
    assert Retries().wait(1, 0.0) == 0.0


def test_a_server_that_asks_for_too_much_is_left_alone() -> None:
    assert Retries(longest_wait=10.0).wait(1, 3600.0) is None
