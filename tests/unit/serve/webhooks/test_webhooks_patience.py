"""When a receiver that failed is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.serve.webhooks.patience import Patience
from shelfguard.store.deliveries import Delivery

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
PATIENCE = Patience()


def failed(attempts: int, created_at: datetime = NOON) -> Delivery:
    return replace(Delivery.new("msg_1", "desk", "{}"), attempts=attempts, created_at=created_at)


@given(attempts=st.integers(1, PATIENCE.attempts - 1), asked=st.none() | st.floats(0, 1e300))
def test_waits_double_and_are_never_shorter_than_the_receiver_asks(
    attempts: int, asked: float | None
) -> None:
    at = PATIENCE.next_attempt(failed(attempts), NOON, asked)
    if at is None:
        assert asked is not None
        assert asked > PATIENCE.age.total_seconds() - 1
        return
    doubled = PATIENCE.first_wait.total_seconds() * 2 ** (attempts - 1)
    longest = min(doubled, PATIENCE.longest_wait.total_seconds())
    wait = (at - NOON).total_seconds()
    assert (asked or 0) - 1e-5 <= wait <= max(longest, asked or 0) + 1e-5


def test_it_ends_with_the_last_attempt() -> None:
    assert PATIENCE.next_attempt(failed(PATIENCE.attempts - 1), NOON, None) is not None
    assert PATIENCE.next_attempt(failed(PATIENCE.attempts), NOON, None) is None


def test_it_ends_with_age() -> None:
    old = failed(2, NOON - PATIENCE.age)
    assert PATIENCE.next_attempt(old, NOON + timedelta(seconds=1), None) is None
