"""The trial of the nudity detector."""

from __future__ import annotations

from pathlib import Path

from shelfguard.images.sources import OPEN_NSFW
from shelfguard.learn.pictures.robustness.nudity import trial
from shelfguard.learn.pictures.robustness.trial import rows
from tests.unit.images.real import find_or_skip
from tests.unit.learn.pictures.robustness.folders import materials


def test_ordinary_pictures_stay_safe_and_no_recall_is_claimed(tmp_path: Path) -> None:
    find_or_skip(OPEN_NSFW)
    (row,) = rows(trial(materials(tmp_path)))
    assert row.things == 2
    assert row.shares["unchanged"].value == 1
    assert "no recall is measured" in row.about
