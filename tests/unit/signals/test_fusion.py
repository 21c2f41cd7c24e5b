"""Text and pictures as one probability."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import ModelError
from shelfguard.images.objects import FoundObject, Objects
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.signals.fusion import Fusion, fused, object_scores, read_fusions

FUSION = Fusion(offset=1.0, text=0.8, objects={"pistol": 0.5, "long gun": 0.7})
SHARE = st.floats(0, 1)
BOX = Box(0, 0, 1, 1)


def shows(*found: tuple[str, float]) -> Readings:
    objects = Objects(tuple(FoundObject(label, score, BOX) for label, score in found))
    return Readings("0" * 64, 10, 10, objects=objects)


def test_the_likeliest_object_of_each_label_counts() -> None:
    pictures = [shows(("pistol", 0.2), ("knife", 0.4)), shows(("pistol", 0.7))]
    assert object_scores(pictures) == {"pistol": 0.7, "knife": 0.4}


def test_a_picture_that_was_not_read_for_objects_is_unknown_not_empty() -> None:
    assert object_scores([Readings("0" * 64, 10, 10)]) is None
    assert object_scores([shows()]) == {}


@given(SHARE)
def test_an_innocent_picture_acquits_no_more_than_a_missing_one(text: float) -> None:
    assert fused(FUSION, text, None) == text
    assert fused(FUSION, text, {"knife": 0.9}) >= text


@given(SHARE, SHARE, SHARE)
def test_more_of_either_never_makes_a_violation_less_likely(
    text: float, one: float, other: float
) -> None:
    low, high = sorted([one, other])
    by_object = [fused(FUSION, text, {"pistol": score}) for score in (low, high)]
    by_text = [fused(FUSION, share, {"pistol": 0.5}) for share in (low, high)]
    assert by_object == sorted(by_object)
    assert by_text == sorted(by_text)
    assert 0 <= by_text[0] <= by_text[1] <= 1


def test_a_file_that_is_no_fusion_is_refused_by_name_and_field(tmp_path: Path) -> None:
    file = tmp_path / "fusion.json"
    file.write_text('{"clauses": {"CA-WPN-008": {"offset": 1, "text": 1, "objects": 2}}}')
    with pytest.raises(ModelError, match=r"fusion\.json.*clauses\.CA-WPN-008\.objects"):
        read_fusions(file)
    with pytest.raises(ModelError, match="cannot be read"):
        read_fusions(tmp_path / "none.json")
