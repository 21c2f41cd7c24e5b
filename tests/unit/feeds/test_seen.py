"""Duplicate ids, found without keeping the ids."""

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.feeds.seen import SeenIds


@given(st.lists(st.lists(st.text("abc", max_size=2), min_size=1)))
def test_first_rows_are_those_of_a_plain_dictionary(chunks: list[list[str]]) -> None:
    seen, first, number = SeenIds(), dict[str, int](), 0
    for ids in chunks:
        rows = list(range(number, number + len(ids)))
        number += len(ids)
        for id_, row in zip(ids, rows, strict=True):
            first.setdefault(id_, row)
        assert seen.first_rows(ids, rows) == [first[id_] for id_ in ids]
