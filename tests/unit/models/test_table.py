"""Tables of token weights."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.models.table import Table, add_by_owner

WEIGHTS = np.array([[0.5, -2.0], [0.0, 1.0], [-0.25, 0.0]], np.float32)
IDF = np.array([1.0, 2.0, 0.0], np.float32)


@given(st.lists(st.integers(0, 5), max_size=30), st.randoms())
def test_add_by_owner_adds_like_numpy(owners: list[int], random: object) -> None:
    owner = np.array(sorted(owners), np.int32)
    vectors = np.arange(24, dtype=np.float32).reshape(8, 3)
    picks = np.arange(len(owner)) % 8
    totals, expected = np.zeros((6, 3), np.float32), np.zeros((6, 3), np.float32)
    add_by_owner(totals, vectors, picks, owner)
    np.add.at(expected, owner, vectors[picks])
    np.testing.assert_allclose(totals, expected)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 3), st.integers(0, 99))
def test_a_sum_does_not_depend_on_who_is_beside_whom(
    lengths: list[int], width: int, seed: int
) -> None:
    """Alone, an owner's picks are added one after the other; among many, by turns."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(50, width)).astype(np.float32)
    owner = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    picks = random.integers(0, 50, len(owner))
    together = np.zeros((len(lengths), width), np.float32)
    add_by_owner(together, vectors, picks, owner)
    alone = np.zeros_like(together)
    for number in range(len(lengths)):
        own = owner == number
        add_by_owner(alone, vectors, picks[own], owner[own])
    assert together.tobytes() == alone.tobytes()


def test_no_picks_add_nothing() -> None:
    totals = np.zeros((2, 2), np.float32)
    add_by_owner(totals, WEIGHTS, np.empty(0, np.int64), np.empty(0, np.int32))
    assert not totals.any()


def test_eight_bits_keep_weights_to_a_hundredth_of_the_largest() -> None:
    table = Table.trained(WEIGHTS, IDF).quantized()
    assert table.values.dtype == np.int8
    assert np.abs(table.values * table.scale - WEIGHTS).max() <= 0.01 * 2.0


def test_sums_are_those_of_the_vectors() -> None:
    table = Table.trained(WEIGHTS, IDF)
    buckets, owner = np.array([0, 1, 2, 1]), np.array([0, 0, 0, 1], np.int32)
    vectors = table.vectors(buckets)
    expected = np.stack([vectors[:3].sum(axis=0), vectors[3]])
    np.testing.assert_allclose(table.sums(buckets, owner, 2), expected)


def test_stored_arrays_load_as_they_were() -> None:
    table = Table.trained(WEIGHTS, IDF).quantized()
    loaded = Table.loaded(table.stored("words"), "words")
    assert (loaded.values == table.values).all()
    assert (loaded.scale == table.scale).all()
    assert (loaded.idf == table.idf).all()
