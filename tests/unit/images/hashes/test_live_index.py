"""Additions, removals and rebuilds while searches go on."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import DataError
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.live_index import DELTA_ROWS, LiveIndex
from tests.unit.images.hashes.near import flipped, random_words

WORDS = random_words(1000)


@pytest.fixture
def live(tmp_path: Path) -> LiveIndex:
    index = HashIndex.build(tmp_path / "index", WORDS[:600], 31)
    return LiveIndex(tmp_path / "index", 31, index, WORDS[600:700])


def found(live: LiveIndex, bits: int = 31) -> list[int]:
    return list(live.search(flipped(WORDS, bits)).row)


def test_hashes_of_the_index_and_those_added_since_are_found(live: LiveIndex) -> None:
    assert found(live) == list(range(700))
    live.add(WORDS[700:])
    assert found(live) == list(range(1000))
    assert found(live, bits=32) == []


def test_removed_rows_are_not_found_wherever_they_are(live: LiveIndex) -> None:
    live.remove(np.array([0, 650]))
    assert found(live) == [row for row in range(700) if row not in (0, 650)]
    live.rebuild()
    assert found(live) == [row for row in range(700) if row not in (0, 650)]


def test_row_numbers_are_not_used_again(live: LiveIndex) -> None:
    live.remove(np.arange(700))
    live.rebuild()
    live.add(WORDS[:1])
    assert live.search(WORDS[:1]).row.tolist() == [700]


def test_hits_come_nearest_first_from_both_places(live: LiveIndex) -> None:
    live.add(flipped(WORDS[:1], 9))
    live.add(flipped(WORDS[:1], 3))
    hits = live.search(WORDS[:1])
    assert hits.row.tolist() == [0, 701, 700]
    assert hits.distance.tolist() == [0, 3, 9]


def test_searches_miss_nothing_while_the_index_is_rebuilt(live: LiveIndex) -> None:
    done = threading.Event()
    answers: list[list[int]] = []

    def search() -> None:
        while not done.is_set():
            answers.append(live.search(WORDS[:700]).row.tolist())

    searcher = threading.Thread(target=search)
    searcher.start()
    for _ in range(3):
        live.rebuild()
    done.set()
    searcher.join()
    assert all(answer == list(range(700)) for answer in answers)
    assert found(live) == list(range(700))


def test_what_is_added_during_a_rebuild_is_kept(
    live: LiveIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = HashIndex.build

    def slow(*arguments: object) -> HashIndex:
        live.add(WORDS[700:])
        live.remove(np.array([5]))
        return build(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(HashIndex, "build", slow)
    live.rebuild()
    assert found(live) == [row for row in range(1000) if row != 5]


def test_a_rebuild_is_due_once_many_were_added(tmp_path: Path) -> None:
    live = LiveIndex(tmp_path / "index", 31, None, random_words(DELTA_ROWS))
    assert not live.rebuild_due
    live.add(WORDS[:1])
    assert live.rebuild_due
    live.rebuild()
    assert not live.rebuild_due


def test_an_index_for_a_smaller_radius_is_refused(tmp_path: Path) -> None:
    index = HashIndex.build(tmp_path / "index", WORDS, 20)
    with pytest.raises(DataError, match="distances up to 20, not 31"):
        LiveIndex(tmp_path / "index", 31, index, WORDS[:0])
