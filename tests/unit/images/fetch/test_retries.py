from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.fetch.retries import Retries, retry_after


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


def test_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after("120") == 120
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0
    assert 3000 < (retry_after(formatdate(time.time() + 3600, usegmt=True)) or 0) <= 3600


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "Wed, 99 Foo 2099", "²"])
def test_retry_after_in_no_known_form_says_nothing(value: str) -> None:
    assert retry_after(value) is None


@settings(deadline=None)
@given(st.text())
def test_no_retry_after_is_negative_or_an_error(value: str) -> None:
    assert (retry_after(value) or 0) >= 0
