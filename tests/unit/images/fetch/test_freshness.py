from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.fetch.freshness import Freshness, freshness


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Freshness(True, None)),
        ({"cache-control": "max-age=60"}, Freshness(True, 60)),
        ({"cache-control": "public, Max-Age=60, immutable"}, Freshness(True, 60)),
        ({"cache-control": 'max-age="60"'}, Freshness(True, 60)),
        ({"cache-control": "max-age=60", "age": "45"}, Freshness(True, 15)),
        ({"cache-control": "max-age=60", "age": "90"}, Freshness(True, 0)),
        ({"cache-control": "no-store"}, Freshness(False, 0)),
        ({"cache-control": "max-age=60, no-store"}, Freshness(False, 0)),
        ({"cache-control": "no-cache, max-age=60"}, Freshness(True, 0)),
        ({"cache-control": "max-age=soon"}, Freshness(True, None)),
        ({"cache-control": "max-age=-1"}, Freshness(True, None)),
    ],
)
def test_headers_say_how_long_a_picture_may_be_used(
    headers: dict[str, str], expected: Freshness
) -> None:
    assert freshness(headers) == expected


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_header_gives_an_error_or_a_lifetime_beyond_a_year(control: str, age: str) -> None:
    found = freshness({"cache-control": control, "age": age})
    assert 0 <= (found.lifetime or 0) <= 365 * 24 * 3600
