"""The trial of the heads that judge the house rules."""

from __future__ import annotations

import pytest

pytest.importorskip("zxingcpp")

from shelfguard.images.standards import ALONE, QUALITY
from shelfguard.learn.pictures.robustness import transforms
from shelfguard.learn.pictures.robustness.house_rules import CUT_AWAY, NEEDED, is_kept
from shelfguard.learn.pictures.standards.kinds import KINDS, Kind
from tests.unit.images.drawing import as_picture, canvas

BY_NAME = {kind.name: kind for kind in KINDS}


def kind(name: str) -> Kind:
    return BY_NAME[name]


def test_what_is_cut_away_are_kinds_that_are_drawn() -> None:
    assert set(BY_NAME) >= CUT_AWAY


def test_every_clause_that_is_violated_names_what_it_is_judged_by() -> None:
    assert {clause for each in KINDS for clause in each.violates} == set(NEEDED)
    assert "text" not in NEEDED[ALONE]
    assert "framing" not in NEEDED[QUALITY]


@pytest.mark.parametrize("name", sorted(CUT_AWAY))
def test_a_crop_may_take_a_violation_away(name: str) -> None:
    picture = as_picture(canvas()[0])
    assert not is_kept(kind(name), transforms.cropped(picture))
    assert is_kept(kind(name), transforms.bordered(picture))


def test_a_blurred_picture_stays_blurred_when_cropped() -> None:
    assert is_kept(kind("out of focus"), transforms.cropped(as_picture(canvas()[0])))


def test_a_frame_may_make_a_small_picture_large_enough() -> None:
    small, tiny = (as_picture(canvas(width=side, height=side)[0]) for side in (700, 400))
    assert not is_kept(kind("too few pixels"), transforms.bordered(small))
    assert is_kept(kind("too few pixels"), transforms.bordered(tiny))
