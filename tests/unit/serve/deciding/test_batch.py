"""Listings as clients sent them become the same batch, however many are read together."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.listing import FEW, LISTING_SCHEMA
from shelfguard.serve.deciding.batch import as_batch, sent

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
value = words | st.integers(0, 9) | st.booleans()
listing = st.fixed_dictionaries(
    {"id": st.text("abc", min_size=1), "title": words | st.dictionaries(st.just("fr"), words)},
    optional={
        "description": words,
        "attributes": st.dictionaries(words, value, max_size=3),
        "brand": words,
        "category": words,
        "seller_id": words,
        "gtin": words,
        "images": st.lists(words, max_size=2),
    },
)


@settings(deadline=None)
@given(st.lists(listing, min_size=1, max_size=4))
def test_a_listing_is_the_same_alone_and_in_a_large_batch(listings: list[dict[str, Any]]) -> None:
    drafts = [sent(found, number) for number, found in enumerate(listings, start=1)]
    alone = pa.concat_tables([as_batch([draft]).table for draft in drafts])
    times = FEW // len(drafts) + 1
    together = as_batch(drafts * times)
    assert alone.schema == together.table.schema == LISTING_SCHEMA
    assert together.table.to_pylist() == alone.to_pylist() * times
    together.table.validate(full=True)


def test_a_listing_says_where_its_sender_read_it() -> None:
    read = {"uri": "erp.csv", "row": 7, "revision": "b"}
    drafts = [sent({"id": "1", "title": "Kite", "source": read}, 1), sent({"id": "2"}, 2)]
    assert as_batch(drafts).table.column("source").to_pylist() == [
        {"format": "api", **read},
        {"format": "api", "uri": "api", "row": 2, "revision": None},
    ]
