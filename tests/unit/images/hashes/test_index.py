"""The index finds what comparing all would find, and says so when its file is not whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.hashes import table
from shelfguard.images.hashes.hamming import Hits, Words, scan
from shelfguard.images.hashes.index import HashIndex
from tests.unit.images.hashes.near import flipped, random_words


def same(one: Hits, other: Hits) -> bool:
    return np.array_equal(np.array(one), np.array(other))


def crowd(count: int, seed: int = 0) -> Words:
    """Hashes that lie close together: 16 centres with neighbours 0 to 40 bits away."""
    centres = random_words(16, seed)
    return np.concatenate([flipped(centres, bits % 41, seed + bits) for bits in range(count // 16)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_planted_neighbours_are_found_up_to_the_radius_and_no_further(path: Path) -> None:
    words = random_words(20_000)
    planted = {bits: flipped(words[1000:1050], bits, seed=bits) for bits in (0, 15, 31, 32)}
    index = HashIndex.build(path, words, 31)
    for bits, queries in planted.items():
        hits = index.search(queries, 31)
        expected = range(1000, 1050) if bits <= 31 else range(0)
        assert hits.row.tolist() == list(expected)
        assert set(hits.distance.tolist()) == ({bits} if bits <= 31 else set())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 1000))
def test_every_radius_up_to_the_built_one_gives_what_comparing_all_gives(
    tmp_path_factory: pytest.TempPathFactory, built: int, asked: int, seed: int
) -> None:
    words, radius = crowd(320, seed), min(built, asked)
    index = HashIndex.build(tmp_path_factory.mktemp("hashes") / "index", words, built)
    queries = np.concatenate([words[:40], random_words(10, seed)])
    assert same(index.search(queries, radius), scan(queries, words, radius))


def test_very_many_alike_are_looked_up_piece_by_piece(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = np.concatenate([random_words(1).repeat(3000, axis=0), random_words(100, 1)])
    index = HashIndex.build(path, words, 31)
    monkeypatch.setattr(table, "ROWS_AT_ONCE", 1000)
    assert same(index.search(words[2990:3010], 31), scan(words[2990:3010], words, 31))


def test_rows_that_are_not_kept_are_never_found_and_the_others_keep_their_numbers(
    path: Path,
) -> None:
    words = random_words(50)
    index = HashIndex.build(path, words, 31, np.arange(50) % 2 == 0)
    assert index.search(words, 0).row.tolist() == list(range(0, 50, 2))
    assert len(index) == 50


def test_an_index_gives_its_hashes_back(path: Path) -> None:
    words = random_words(100)
    assert np.array_equal(HashIndex.build(path, words, 31).words(), words)


@pytest.mark.parametrize("count", [0, 1])
def test_small_indexes_and_no_queries_work(path: Path, count: int) -> None:
    index = HashIndex.build(path, random_words(count), 31)
    assert len(index.search(random_words(3, 1), 31).row) == 0
    assert len(index.search(random_words(0), 31).row) == 0


def test_the_same_hashes_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        HashIndex.build(tmp_path / name, crowd(320), 31)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_whoever_has_an_index_open_keeps_it_when_a_new_one_takes_its_place(path: Path) -> None:
    words = random_words(200)
    old = HashIndex.build(path, words[:100], 31)
    HashIndex.build(path, words, 31)
    assert old.search(words, 31).row.tolist() == list(range(100))
    assert HashIndex.open(path).search(words, 31).row.tolist() == list(range(200))


def test_a_radius_beyond_the_built_one_is_refused(path: Path) -> None:
    index = HashIndex.build(path, random_words(10), 20)
    with pytest.raises(ValueError, match="up to 20"):
        index.search(random_words(1), 21)


def test_changed_content_is_found_by_verifying(path: Path) -> None:
    index = HashIndex.build(path, random_words(1000), 31)
    index.verify()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="was changed"):
        HashIndex.open(path).verify()


def test_a_missing_index_is_named(path: Path) -> None:
    with pytest.raises(DataError, match=f"{path}: cannot be read"):
        HashIndex.open(path)
