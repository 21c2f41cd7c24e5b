"""The trial of the object detector."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.boxes import read_boxes, split
from shelfguard.learn.pictures.robustness.materials import Materials
from shelfguard.learn.pictures.robustness.objects import BOXES, FLAGGED, PASSED, trial
from shelfguard.learn.pictures.robustness.trial import Row, rows
from tests.unit.images.graphs import write_fixed
from tests.unit.learn.pictures.folders import marked_folder
from tests.unit.models.tiny_graph import field

SIDE = 64


def sees_everywhere(path: Path) -> Path:
    """A detector that finds a disc in the whole of every picture."""
    write_fixed(path, np.array([[[0, 0, 1, 1, 2.0, -9.0]]], np.float32), SIDE)
    told = {"labels": json.dumps(["disc", "bar"]), "slope": 1.0, "intercept": 0.0}
    entries = [field(14, field(1, key) + field(2, str(value))) for key, value in told.items()]
    path.write_bytes(path.read_bytes() + b"".join(entries))
    return path


def materials(root: Path, folder: Path) -> Materials:
    graph = sees_everywhere(root / "a.onnx")
    return Materials(folder, (), (), lambda _: graph, 100)


def measured(root: Path) -> dict[str, Row]:
    return {row.name: row for row in rows(trial(materials(root, marked_folder(root / "boxes"))))}


def test_a_detector_that_sees_objects_everywhere_finds_none_over_the_limit(tmp_path: Path) -> None:
    found = measured(tmp_path)
    assert {found[FLAGGED].shares[name].value for name in ("unchanged", "JPEG", "mirror")} == {0}
    assert found[PASSED].shares["unchanged"].value == 1
    assert "score over 0.881" in found[BOXES].about


def test_only_the_part_that_detectors_do_not_learn_from_is_counted(tmp_path: Path) -> None:
    found = measured(tmp_path)
    held_out = split(read_boxes(tmp_path / "boxes").pictures, Split.TEST)
    assert found[BOXES].things == sum(len(each.objects) for each in held_out)
    assert found[PASSED].things == sum(not each.objects for each in held_out)


def test_without_innocent_pictures_no_limit_can_be_set(tmp_path: Path) -> None:
    folder = marked_folder(tmp_path / "boxes")
    for file in (folder / "negatives").iterdir():
        file.unlink()
    with pytest.raises(DataError, match="no innocent pictures"):
        trial(materials(tmp_path, folder))
