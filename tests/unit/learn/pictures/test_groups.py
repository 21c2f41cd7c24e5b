"""Pictures of one source stay together."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.groups import group_of, split_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KravMagaTraining139", "KravMagaTraining20102"),
        ("Robbery-opencv0-00-26-03", "Robbery-opencv0-00-35-50"),
        ("1-opencv0-00-18-03", "3-opencv0-02-44-03"),
        ("knife_928", "knife_929"),
        ("armas--2293-", "armas--2296-"),
        ("cup_jpg.rf.8af2660ab3ef", "cup_png.rf.2ad056161ca5"),
    ],
    ids=["frames", "moments of a video", "takes of a scene", "neighbours", "dashes", "copies"],
)
def test_pictures_of_one_source_are_a_group(one: str, other: str) -> None:
    assert group_of(one) == group_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("knife_12", "knife_240"), ("IMG0001", "IMG0350"), ("shoe", "cup"), ("10", "203")],
)
def test_other_pictures_are_not(one: str, other: str) -> None:
    assert group_of(one) != group_of(other)


def test_a_quarter_tests_and_most_is_learned_from() -> None:
    counts = Counter(split_of(f"source {number}") for number in range(2000))
    assert counts[Split.TRAIN] == pytest.approx(1200, abs=80)
    assert counts[Split.TEST] == pytest.approx(500, abs=80)


@given(st.text())
def test_every_name_has_a_group_and_one_part(stem: str) -> None:
    assert split_of(group_of(stem)) is split_of(group_of(stem))
