"""Counting: whatever the chunks, totals are the same and survive the disk."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.decision import Outcome
from shelfguard.run.counts import Counts

names = st.sampled_from(["CA-WPN-001", "CA-DRG-001", "student", "seller is missing"])
counters: st.SearchStrategy[Counter[str]] = st.builds(
    Counter, st.dictionaries(names, st.integers(1, 9))
)
outcomes = st.dictionaries(st.sampled_from([o.value for o in Outcome]), st.integers(1, 9))
counts = st.builds(
    Counts,
    read=st.integers(0, 99),
    decided=st.integers(0, 99),
    quarantined=st.integers(0, 99),
    warnings=counters,
    outcomes=st.builds(Counter, outcomes),
    clauses=st.dictionaries(names, st.builds(Counter, outcomes)),
    degraded=counters,
    rows=counters,
    seconds=st.dictionaries(names, st.integers(0, 9).map(float)),
)


def added(*parts: Counts) -> Counts:
    total = Counts()
    for part in parts:
        total.add(part)
    return total


@given(counts)
def test_counts_survive_json(one: Counts) -> None:
    assert Counts.from_json(json.loads(json.dumps(one.to_json()))) == one


@given(counts, counts, counts)
def test_order_and_grouping_of_chunks_do_not_matter(a: Counts, b: Counts, c: Counts) -> None:
    assert added(a, b, c).summary() == added(c, added(b, a)).summary()


@given(counts, counts)
def test_what_was_read_is_a_count_of_its_own(a: Counts, b: Counts) -> None:
    assert added(a, b).read == a.read + b.read == added(a, b).summary()["read"]
