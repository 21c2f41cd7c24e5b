"""Numbers as the evaluation page prints them."""

from __future__ import annotations

import pytest

from shelfguard.learn.evaluate.page import number, p_value, percent


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.0, "< 0.0001"), (0.00009, "< 0.0001"), (0.0001, "0.0001"), (0.25, "0.2500"), (None, "n/a")],
)
def test_no_p_value_is_nought(value: float | None, printed: str) -> None:
    assert p_value(value) == printed


def test_an_unknown_number_is_said_to_be_so() -> None:
    assert (number(None), percent(None), percent(0.125)) == ("n/a", "n/a", "12.5 %")
