"""Average precision, against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.images.objects import FoundObject
from shelfguard.images.picture import Box
from shelfguard.learn.pictures.average_precision import (
    AveragePrecision,
    matches,
    mean_average_precision,
)
from shelfguard.learn.pictures.boxes import MarkedBox

LEFT, RIGHT = Box(0, 0, 0.4, 1), Box(0.6, 0, 1, 1)
NEARLY_LEFT = Box(0, 0, 0.4, 0.8)


def found(score: float, box: Box = LEFT, label: str = "knife") -> FoundObject:
    return FoundObject(label, score, box)


def marked(box: Box = LEFT, label: str = "knife") -> MarkedBox:
    return MarkedBox(label, box)


def test_all_found_and_nothing_else_is_one() -> None:
    measure = AveragePrecision(
        [[found(0.9)], [found(0.2, RIGHT)]], [[marked()], [marked(RIGHT)]], "knife"
    )
    assert measure(np.ones(2)) == 1


def test_nothing_found_is_nothing() -> None:
    assert AveragePrecision([[]], [[marked()]], "knife")(np.ones(1)) == 0


def test_without_anything_to_find_there_is_no_figure() -> None:
    assert np.isnan(AveragePrecision([[found(0.9)]], [[]], "knife")(np.ones(1)))


def test_a_wrong_one_before_the_right_one_halves_precision() -> None:
    measure = AveragePrecision([[found(0.9, RIGHT), found(0.5)]], [[marked()]], "knife")
    assert measure(np.ones(1)) == pytest.approx(0.5)


def test_half_of_the_objects_are_half_of_the_recalls() -> None:
    # Recalls from 0 to .50 have precision 1, those from .51 on 0: 51 of 101.
    measure = AveragePrecision([[found(0.9)]], [[marked(), marked(RIGHT)]], "knife")
    assert measure(np.ones(1)) == pytest.approx(51 / 101)


def test_a_later_better_precision_counts_for_earlier_recalls() -> None:
    # Wrong, right, right: at both recalls the best precision is 2 / 3.
    pictures = [[found(0.9, RIGHT), found(0.8)], [found(0.7)]]
    measure = AveragePrecision(pictures, [[marked()], [marked()]], "knife")
    assert measure(np.ones(2)) == pytest.approx(2 / 3)


def test_an_object_is_found_once() -> None:
    assert matches([found(0.9), found(0.8)], [marked()], "knife", 0.5).tolist() == [True, False]


def test_the_share_decides_what_is_right() -> None:
    pair = [[found(0.9, NEARLY_LEFT)]], [[marked()]]
    assert AveragePrecision(*pair, "knife", 0.75)(np.ones(1)) == 1
    assert AveragePrecision(*pair, "knife", 0.85)(np.ones(1)) == 0
    assert mean_average_precision(*pair, ["knife"], (0.75, 0.85))(np.ones(1)) == 0.5


def test_labels_count_alike_and_those_that_are_nowhere_do_not() -> None:
    pictures = [[found(0.9), found(0.9, RIGHT, "pistol")]]
    wanted = [[marked(), marked(LEFT, "pistol")]]
    measure = mean_average_precision(pictures, wanted, ["knife", "pistol", "long gun"])
    assert measure(np.ones(1)) == 0.5


def test_a_weight_is_that_many_copies_of_a_picture() -> None:
    one, other = [found(0.9), found(0.7, RIGHT)], [found(0.8, RIGHT)]
    wanted = [marked()], [marked()]
    weighted = AveragePrecision([one, other], [*wanted], "knife")(np.array([2.0, 1.0]))
    copied = AveragePrecision([one, one, other], [wanted[0], *wanted], "knife")(np.ones(3))
    assert weighted == pytest.approx(copied)


scores = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=10)


@given(scores)
def test_it_lies_between_nothing_and_all(rows: list[tuple[float, bool]]) -> None:
    pictures = [[found(score, LEFT if right else RIGHT)] for score, right in rows]
    wanted = [[marked()] for _ in rows]
    value = AveragePrecision(pictures, wanted, "knife")(np.ones(len(rows)))
    assert np.isnan(value) if not rows else 0 <= value <= 1
