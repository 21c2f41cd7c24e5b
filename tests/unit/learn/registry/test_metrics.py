"""Figures are found in whatever nesting an evaluation writes, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.registry.metrics import Figure, figures


def test_numbers_and_intervals_in_every_form_are_figures() -> None:
    found = figures(
        {
            "written": {"ap": [0.9, 0.8, 0.95], "recall": {"share": 0.5, "low": 0.4, "high": 0.6}},
            "real": {"ap": {"value": 0.7, "low": 0.6, "high": 0.8}, "rows": 800},
        }
    )
    assert found == [
        Figure(("written", "ap"), 0.9, 0.8, 0.95),
        Figure(("written", "recall"), 0.5, 0.4, 0.6),
        Figure(("real", "ap"), 0.7, 0.6, 0.8),
        Figure(("real", "rows"), 800.0),
    ]
    assert (found[0].part, found[0].name, str(found[0])) == ("written", "ap", "0.9 (0.8 to 0.95)")


def test_words_flags_lists_and_unknown_shares_are_no_figures() -> None:
    unknown = {"share": None, "low": 0.0, "high": 1.0, "total": 0}
    assert figures({"a": "x", "b": True, "c": [1, 2], "d": float("nan"), "e": unknown}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
)


@given(st.dictionaries(st.text(max_size=5), JSON))
def test_any_metrics_can_be_walked(metrics: dict[str, Any]) -> None:
    assert all(json.dumps(figure.value, allow_nan=False) for figure in figures(metrics))
