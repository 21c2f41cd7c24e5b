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


def test_ids_of_a_long_feed_are_all_remembered() -> None:
    seen, rows = SeenIds(), range(400_000)
    ids = [f"id-{row}" for row in rows]
    for again in (False, True):
        for start in range(0, len(rows), 50_000):
            part = slice(start, start + 50_000)
            later = [row + len(rows) * again for row in rows[part]]
            assert seen.first_rows(ids[part], later) == list(rows[part])
