"""The trial of blur and size."""

from __future__ import annotations

from pathlib import Path

from shelfguard.learn.pictures.robustness.quality import FAULTS, trial
from shelfguard.learn.pictures.robustness.trial import rows
from tests.unit.learn.pictures.robustness.folders import materials


def test_every_photo_is_blurred_left_alone_and_reduced(tmp_path: Path) -> None:
    found = rows(trial(materials(tmp_path)))
    assert [row.name for row in found] == list(FAULTS)
    assert {row.things for row in found} == {2}
    assert {row.shares["unchanged"].value for row in found} == {1}
