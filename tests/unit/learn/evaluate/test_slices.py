"""Slices, and which of them are worse."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from shelfguard.learn.evaluate.slices import category, price_band, seller_age, slices, text_length
from tests.unit.learn.evaluate.subjects import subject
from tests.unit.learn.rows import CLAUSE, row

ROWS = [
    *(row(f"p{n}", "Brass knuckles", CLAUSE, lang="fr" if n % 2 else "en") for n in range(80)),
    *(row(f"o{n}", "Lamp", lang="fr" if n % 2 else "en") for n in range(80)),
]
TRUTH = np.array([[1, 0]] * 80 + [[0, 0]] * 80, float)


def test_a_language_that_is_missed_is_marked() -> None:
    scores = TRUTH.copy()
    scores[[n for n in range(80) if n % 2 and n % 5]] = 0
    marked = [(one.dimension, one.value) for one in slices(subject(ROWS, scores)) if one.worse]
    assert marked == [("language", "fr")]


def test_an_even_model_has_no_worse_slice() -> None:
    scores = TRUTH.copy()
    scores[np.random.default_rng(0).choice(80, 20, replace=False)] = 0
    assert not [one for one in slices(subject(ROWS, scores)) if one.worse]


def test_slices_of_a_dimension_share_its_rows() -> None:
    found = slices(subject(ROWS, TRUTH))
    assert sum(one.rows for one in found if one.dimension == "language") == 160
    assert {one.value for one in found if one.dimension == "clause family"} == {"CA-WPN", "CA-HLT"}
    assert not [one for one in found if one.dimension == "price"]


@pytest.mark.parametrize(
    ("record", "band"),
    [
        ({}, "unknown"),
        ({"price": 9.99}, "under 10"),
        ({"price": 10.0}, "10 to 30"),
        ({"price": 900.0}, "300 and more"),
    ],
)
def test_prices_fall_into_bands(record: dict[str, float], band: str) -> None:
    assert price_band(record) == band


def test_a_category_is_its_top_level() -> None:
    assert category({"category": {"path": "Outdoor > Tools"}}) == "outdoor"
    assert category({"category": None}) == "unknown"


def test_length_counts_title_and_description() -> None:
    assert (
        text_length({"title": {"en": "A b"}, "description": {"en": "c " * 8}}) == "10 to 29 words"
    )


def test_a_seller_is_as_old_as_the_feed_tells() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert seller_age({"attributes": {"seller_since": "2025-12-01"}}, now) == "under 90 days"
    assert seller_age({"attributes": {"Member since": "2019-01-01"}}, now) == "2 years or more"
    assert seller_age({"attributes": {"seller_since": "long ago"}}, now) == "unknown"
    assert seller_age({"attributes": {}}, now) == "unknown"
