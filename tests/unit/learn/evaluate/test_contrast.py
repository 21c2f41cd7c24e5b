"""Contrast pairs."""

from __future__ import annotations

import numpy as np

from shelfguard.learn.evaluate.contrast import contrast, look_alikes, twins
from tests.unit.learn.evaluate.subjects import subject
from tests.unit.learn.rows import CLAUSE, look_alike, row

ROWS = [
    row("w-1.a", "Brass knuckles, four holes", CLAUSE),
    look_alike("w-1.b", "Brass knuckles, two holes"),
    row("w-2", "Push dagger in black", CLAUSE),
    look_alike("w-3", "Push dagger in black foam"),
    row("o-1", "Lamp"),
]
RIGHT = np.array([[0.9, 0], [0.2, 0], [0.8, 0], [0.8, 0], [0.1, 0]])


def test_twins_are_paired_by_name() -> None:
    assert list(twins(subject(ROWS, RIGHT))) == [(0, 1, 0)]


def test_a_look_alike_is_paired_with_the_violation_most_like_it() -> None:
    assert list(look_alikes(subject(ROWS, RIGHT))) == [(0, 1, 0), (2, 3, 0)]


def test_a_tie_is_half_right() -> None:
    found = contrast(subject(ROWS, RIGHT))
    assert found["twins"]["share"].value == 1
    assert (found["look_alikes"]["pairs"], found["look_alikes"]["right"]) == (2, 1.5)


def test_without_pairs_there_is_nothing_to_say() -> None:
    assert contrast(subject(ROWS[:1], RIGHT[:1])) == {"twins": None, "look_alikes": None}
