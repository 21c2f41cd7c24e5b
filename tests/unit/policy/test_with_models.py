"""A pack that decides with the models of another folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shelfguard.engine import Engine
from shelfguard.errors import ModelError
from shelfguard.learn.train.student import train
from shelfguard.models.source import digest
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import read_calibration
from shelfguard.policy.load import with_models
from shelfguard.policy.pack import Pack
from tests.unit.test_engine import CLAUSE, DOCUMENTS, TARGETS, batch, make_pack


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """A pack that runs the lexicon and a text model, and has no models of its own."""
    pack = make_pack(tmp_path / "pack")
    asked = pack.manifest.model_copy(update={"signals": ["lexicon", "text"]})
    return Pack(pack.root, asked, pack.clauses, pack.lexicon, pack.sha256)


@pytest.fixture
def folder(tmp_path: Path, pack: Pack) -> Path:
    """A folder with a student and a calibration of it."""
    folder = tmp_path / "models"
    folder.mkdir()
    train(DOCUMENTS, TARGETS, [CLAUSE, NEAR]).save(folder / "student.npz")
    solved = read_calibration(pack)
    assert solved
    own = solved.model_copy(update={"models": {"student": digest(folder / "student.npz")}})
    (folder / "calibration.json").write_text(own.model_dump_json())
    return folder


def test_the_engine_decides_with_the_folder_s_models(pack: Pack, folder: Path) -> None:
    engine = Engine.from_pack(with_models(pack, folder))
    outcomes = engine.run(batch("metal brass knuckles paperweight", "wool socks")).table["outcome"]
    assert outcomes.to_pylist() == ["review", "allow"]
    assert engine.models == {"student": digest(folder / "student.npz")}


def test_the_pack_s_own_models_play_no_part(pack: Pack, folder: Path) -> None:
    shutil.rmtree(pack.root / "models")
    assert read_calibration(with_models(pack, folder)) is not None
    assert read_calibration(pack) is None


def test_another_calibration_is_another_pack_in_every_decision(pack: Pack, folder: Path) -> None:
    once = with_models(pack, folder)
    assert once.label != pack.label
    assert once.label == with_models(pack, folder).label
    file = folder / "calibration.json"
    file.write_text(file.read_text().replace('"threshold":0.5', '"threshold":0.6'))
    assert with_models(pack, folder).label != once.label


@pytest.mark.parametrize("missing", ["student.npz", "calibration.json"])
def test_a_folder_without_a_whole_model_is_refused(pack: Pack, folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(ModelError, match=f"has no {missing}"):
        with_models(pack, folder)


def test_a_model_changed_afterwards_is_refused(pack: Pack, folder: Path) -> None:
    changed = with_models(pack, folder)
    (folder / "student.npz").write_bytes(b"other")
    with pytest.raises(ModelError, match="expected SHA-256"):
        Engine.from_pack(changed)
