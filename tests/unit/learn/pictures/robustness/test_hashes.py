"""The trial of the perceptual hash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pdqhash")

from shelfguard.learn.pictures.robustness.hashes import PLAIN, TURNED, trial, turns
from shelfguard.learn.pictures.robustness.trial import rows
from tests.unit.images.drawing import as_picture, scene
from tests.unit.learn.pictures.robustness.folders import materials


def test_a_mirrored_picture_is_known_by_one_of_its_eight_turns(tmp_path: Path) -> None:
    found = {row.name: row for row in rows(trial(materials(tmp_path)))}
    assert found[PLAIN].shares["unchanged"].value == 1
    assert found[PLAIN].shares["mirror"].value == 0
    assert found[TURNED].shares["mirror"].value == 1


def test_the_eight_turns_all_differ_and_begin_with_the_picture() -> None:
    picture = as_picture(scene(40, 40))
    found = [each.pixels for each in turns(picture)]
    np.testing.assert_array_equal(found[0], picture.pixels)
    assert len({pixels.tobytes() for pixels in found}) == 8
