"""The trial of the code reader."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("zxingcpp")

from shelfguard.learn.pictures.robustness.codes import ROWS, trial
from shelfguard.learn.pictures.robustness.trial import rows
from tests.unit.learn.pictures.robustness.folders import materials


def test_codes_of_both_kinds_are_laid_into_photos_and_read(tmp_path: Path) -> None:
    found = {row.name: row for row in rows(trial(materials(tmp_path, most=8)))}
    assert set(found) == {*ROWS.values()}
    assert sum(row.things for row in found.values()) == 8
    assert all(row.shares["unchanged"].value > 0.5 for row in found.values())
