"""The command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("pdqhash")
pytest.importorskip("zxingcpp")

from shelfguard.errors import ModelError
from shelfguard.learn.pictures.robustness.__main__ import find_model, main, measured
from shelfguard.policy.load import load_pack
from tests.unit.learn.pictures.robustness.folders import materials, photo_folder


def test_figures_go_to_a_file_and_a_table_to_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, out = photo_folder(tmp_path / "photos"), tmp_path / "figures.json"
    words = ["robustness", "--boxes", str(tmp_path), "--photos", str(photos), "--out", str(out)]
    monkeypatch.setattr(sys, "argv", [*words, "--trials", "hash", "--quick"])
    main()
    assert json.loads(out.read_text())["rows"][0]["name"] == "hash"
    assert capsys.readouterr().out.startswith("| Detector | Things (sources) | unchanged |")


def test_a_trial_whose_model_is_missing_is_left_out_with_its_reason(tmp_path: Path) -> None:
    found, left_out = measured(["objects", "hash"], materials(tmp_path))
    assert found[0].name == "hash"
    assert "no model 'objects'" in left_out["objects"]


def test_a_model_that_is_given_takes_the_place_of_the_packs(tmp_path: Path) -> None:
    pack = load_pack("ca-marketplace")
    assert find_model(pack, {"objects": tmp_path}, "objects") == tmp_path
    with pytest.raises(ModelError, match=r"no model 'kites' for pictures\. Name its file"):
        find_model(pack, {"objects": tmp_path}, "kites")
