"""Rows that must share a split."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("datasketch")

from shelfguard.learn.data.collected import Entry
from shelfguard.learn.data.dataset import Origin
from shelfguard.learn.data.groups import (
    DisjointSets,
    group,
    jaccard,
    near_duplicates,
    telling_sellers,
)
from shelfguard.policy.similar import NEAR_DUPLICATE, similar_pairs
from tests.unit.learn.data.tiny_dataset import untold

LONG = "Solid brass paperweight with four finger holes, polished by hand and sold in a gift box"


def entry(name: str, **more: Any) -> Entry:
    fields = {"origin": Origin.WRITTEN, "kind": "benign", "lang": "en", "source": "x", **more}
    return Entry(name, name=name, **fields)


def grouped(texts: dict[str, str], **entries: Entry) -> set[frozenset[str]]:
    """The names of each group."""
    rows = [entries.get(name) or entry(name) for name in texts]
    names, _ = group(rows, list(texts.values()), untold)
    return {
        frozenset(row.name for row, other in zip(rows, names, strict=True) if other == name)
        for name in names
    }


def parts(*groups: str) -> set[frozenset[str]]:
    return {frozenset(names.split()) for names in groups}


def test_near_duplicates_are_one_group_and_others_are_not() -> None:
    texts = {"a": LONG, "b": f"{LONG}.", "c": LONG.upper(), "d": "Cotton bath towel"}
    assert grouped(texts) == parts("a b c", "d")


def test_a_chain_of_near_duplicates_is_one_group() -> None:
    """The ends are less alike than the threshold, but each link is not."""
    chain = [LONG, LONG[12:], LONG[24:]]
    assert not list(similar_pairs([chain[0]], [chain[2]], NEAR_DUPLICATE))
    assert grouped(dict(zip("abc", chain, strict=True))) == parts("a b c")


def test_twins_are_one_group_however_unlike_they_read() -> None:
    texts = {"w-1.a": "Knife", "w-1.b": "Bath towel in cotton", "w-2.a": "Oak table"}
    assert grouped(texts) == parts("w-1.a w-1.b", "w-2.a")


def test_real_sellers_tie_their_listings_together_and_invented_ones_do_not() -> None:
    texts = {"a": "Knife", "b": "Bath towel", "c": "Oak table", "d": "Lamp", "e": "Garden hose"}
    entries = {
        name: entry(name, origin=origin, seller=seller)
        for name, origin, seller in [
            ("a", Origin.REAL, "s1"),
            ("b", Origin.REAL, "s1"),
            ("c", Origin.REAL, "s2"),
            ("d", Origin.WRITTEN, "s1"),
            ("e", Origin.WRITTEN, "s1"),
        ]
    }
    assert grouped(texts, **entries) == parts("a b", "c", "d", "e")


def test_a_feed_of_one_seller_says_nothing_of_sellers() -> None:
    sellers = telling_sellers(["s", "s", "s", "t"], ["real"] * 4, ["f1", "f1", "f2", "f2"])
    assert sellers == [None, None, "s", "t"]


def test_no_rows_make_no_groups() -> None:
    assert group([], [], untold)[0] == []


WORDS = ("solid", "brass", "ring", "with", "four", "finger", "holes", "polished", "towel", "lamp")
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=40)
@given(TEXTS, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_the_rows(
    texts: list[str], rng: random.Random
) -> None:
    named = [(f"r{n:02}", text) for n, text in enumerate(texts)]
    shuffled = list(named)
    rng.shuffle(shuffled)
    assert grouped(dict(named)) == grouped(dict(shuffled))


@settings(deadline=None, max_examples=40)
@given(TEXTS)
def test_every_near_duplicate_pair_is_in_one_group(texts: list[str]) -> None:
    names, _ = group([entry(f"r{n}") for n in range(len(texts))], texts, untold)
    for a, b, _ in similar_pairs(texts, texts, NEAR_DUPLICATE):
        assert names[a] == names[b]


@settings(deadline=None, max_examples=40)
@given(TEXTS)
def test_only_pairs_above_the_threshold_are_near_duplicates(texts: list[str]) -> None:
    exact = {(a, b) for a, b, _ in similar_pairs(texts, texts, NEAR_DUPLICATE)}
    found = list(near_duplicates(texts, lambda a, b: True, untold))
    assert {(a, b) for a, b, _ in found} <= exact
    assert all(a < b and similarity >= NEAR_DUPLICATE for a, b, similarity in found)


@given(
    st.integers(1, 20).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
        )
    )
)
def test_hanging_together_is_an_equivalence(case: tuple[int, list[tuple[int, int]]]) -> None:
    count, joins = case
    sets = DisjointSets(count)
    for a, b in joins:
        sets.join(a, b)
        assert sets.root(a) == sets.root(b)
    roots = [sets.root(item) for item in range(count)]
    assert all(sets.root(root) == root for root in roots)
    assert all(roots[a] == roots[b] for a, b in joins)
    assert len(set(roots)) >= count - len(joins)


@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30), min_size=1))
def test_similarity_is_exact_from_the_threshold_on(a: set[int], b: set[int]) -> None:
    exact = len(a & b) / len(a | b)
    found = jaccard(*(np.array(sorted(each), np.uint64) for each in (a, b)))
    assert found == exact if exact >= NEAR_DUPLICATE else found < NEAR_DUPLICATE


def test_progress_ends_at_the_end() -> None:
    seen: list[tuple[int, int]] = []
    list(near_duplicates([LONG] * 3, lambda a, b: True, lambda _, *reached: seen.append(reached)))
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)
