"""A cascade becomes a pack's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("huggingface_hub")
pytest.importorskip("cyclonedx")
from typer.testing import CliRunner

from shelfguard.cli.model import app
from shelfguard.engine import Engine
from shelfguard.errors import ModelError
from shelfguard.learn.registry.documents import documents, outdated
from shelfguard.learn.registry.ship import ship
from shelfguard.policy.load import load_pack, with_models
from tests.unit.learn.registry.cascades import make_cascade, make_pack
from tests.unit.test_engine import batch


def test_the_pack_then_decides_as_the_cascade_did(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    folder = make_cascade(tmp_path / "cascade")
    cascade = with_models(pack, folder)
    ship(folder, pack)
    judged = [
        Engine.from_pack(one).run(batch("Brass knuckles", "Wool socks")).probabilities
        for one in (cascade, load_pack(pack.root))
    ]
    assert not np.isnan(judged[0]).all()
    assert judged[0].tobytes() == judged[1].tobytes()


def test_its_card_says_what_its_record_says(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    ship(make_cascade(tmp_path / "cascade"), pack)
    models = pack.root / "models"
    assert outdated(models, documents(models, pack.manifest)) == []


def test_models_that_the_cascade_lacks_do_not_stay(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    old = pack.root / "models/encoder.onnx"
    old.parent.mkdir()
    old.write_bytes(b"old")
    ship(make_cascade(tmp_path / "cascade"), pack)
    assert not old.exists()
    assert [model.name for model in load_pack(pack.root).manifest.models] == ["student"]


def test_a_packs_own_models_are_not_shipped_onto_themselves(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    ship(make_cascade(tmp_path / "cascade"), pack)
    with pytest.raises(ModelError, match="the pack's own models"):
        ship(pack.root / "models", load_pack(pack.root))
    assert Engine.from_pack(load_pack(pack.root)).text is not None


def test_a_folder_that_was_changed_is_refused_and_the_pack_stays(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    folder = make_cascade(tmp_path / "cascade")
    (folder / "student.npz").write_bytes(b"other")
    with pytest.raises(ModelError):
        ship(folder, pack)
    assert load_pack(pack.root).sha256 == pack.sha256


def test_the_command_says_what_the_pack_is_now(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    folder = make_cascade(tmp_path / "cascade")
    result = CliRunner().invoke(app, ["ship", str(folder), "--pack", str(pack.root)])
    assert result.exception is None
    assert load_pack(pack.root).label in result.stdout
