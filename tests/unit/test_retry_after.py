"""How long a server asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.retry_after import retry_after

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sun, 29 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 29 Nov 2026 12:00:30 -0000", 30.0),
        ("Sun, 29 Nov 2026 13:00:30 +0100", 30.0),
    ],
)
def test_it_asks_by_a_number_of_seconds_or_a_date(value: str, seconds: float) -> None:
    assert retry_after(value, NOON) == seconds


def test_a_date_that_has_passed_asks_for_nothing() -> None:
    assert retry_after("Sun, 29 Nov 2026 11:00:00 GMT", NOON) == 0.0


@pytest.mark.parametrize(
    "value",
    [
        *("", "soon", "-1", "1.5", "²", "Wed, 99 Foo 2099"),
        "Sun, 29 Nov 99999999999999999999 12:00:00 GMT",
    ],
)
def test_any_other_form_says_nothing(value: str) -> None:
    assert retry_after(value, NOON) is None


@given(st.text() | st.from_regex(r"[0-9]{1,500}", fullmatch=True))
def test_no_value_is_negative_or_an_error(value: str) -> None:
    assert (retry_after(value, NOON) or 0) >= 0
