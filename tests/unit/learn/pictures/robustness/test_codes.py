"""The trial of the code reader."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("zxingcpp")

from shelfguard.learn.pictures.robustness.codes import ROWS, trial
from shelfguard.learn.pictures.robustness.materials import Materials, files_in
from shelfguard.learn.pictures.robustness.trial import rows
from tests.unit.learn.pictures.robustness.folders import materials, no_model, photo_folder


def test_codes_of_both_kinds_are_laid_into_photos_and_read(tmp_path: Path) -> None:
    found = {row.name: row for row in rows(trial(materials(tmp_path, most=8)))}
    assert set(found) == {*ROWS.values()}
    assert sum(row.things for row in found.values()) == 8
    assert all(row.shares["unchanged"].value > 0.5 for row in found.values())


def test_a_photo_too_small_for_a_code_is_left_out(tmp_path: Path) -> None:
    small = Materials(tmp_path, files_in([photo_folder(tmp_path / "a", side=40)]), (), no_model, 2)
    assert rows(trial(small)) == []
