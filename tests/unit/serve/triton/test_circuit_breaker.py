"""When a service is left alone, and when it is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.serve.triton.breaker import CircuitBreaker


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, pause=5, clock=clock)


def test_failures_in_a_row_open_it_once(breaker: CircuitBreaker) -> None:
    assert [breaker.fail() for _ in range(5)] == [False, False, True, False, False]
    assert breaker.is_open


def test_a_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        breaker.fail()
        breaker.fail()
        breaker.succeed()
    assert not breaker.is_open


def test_one_trial_is_due_after_the_pause(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.open()
    assert not breaker.trial_is_due()
    clock.now = 5
    assert breaker.trial_is_due()
    clock.now = 1000
    assert not breaker.trial_is_due()


def test_after_a_trial_that_failed_another_follows(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.open()
    clock.now = 5
    assert breaker.trial_is_due()
    breaker.open()
    clock.now = 9
    assert not breaker.trial_is_due()
    clock.now = 10
    assert breaker.trial_is_due()


def test_a_trial_that_works_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.open()
    clock.now = 5
    assert breaker.trial_is_due()
    breaker.close()
    assert not breaker.is_open
    assert [breaker.fail() for _ in range(3)] == [False, False, True]


def test_no_trial_is_due_while_it_is_closed(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now = 1000
    assert not breaker.trial_is_due()


@given(st.lists(st.booleans()), st.integers(1, 5))
def test_it_opens_exactly_with_that_many_failures_in_a_row(calls: list[bool], limit: int) -> None:
    breaker = CircuitBreaker(failures=limit, pause=5, clock=Clock())
    for works in calls:
        breaker.succeed() if works else breaker.fail()
    outcomes = "".join("+" if works else "-" for works in calls)
    assert breaker.is_open == ("-" * limit in outcomes)
