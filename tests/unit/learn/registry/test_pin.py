"""Pinning model files in a manifest."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from shelfguard.learn.registry.pin import digest, pin_models
from shelfguard.policy.load import load_pack
from tests.unit.policy.tinypack import MANIFEST, TinyPack

OLD = "{name: student, source: 'file:models/old.npz', sha256: " + "a" * 64 + "}"


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_bytes(b"weights")
    assert digest(file) == sha256(b"weights").hexdigest()


def test_model_files_are_pinned_by_name_source_and_digest(tmp_path: Path) -> None:
    tiny = TinyPack(tmp_path)
    files = [tiny.write("models/student.npz", "s"), tiny.write("models/encoder.onnx", "e")]
    pin_models(load_pack(tmp_path))
    models = load_pack(tmp_path).manifest.models
    assert [model.name for model in models] == ["student", "encoder"]
    assert [model.source for model in models] == [f"file:models/{file.name}" for file in files]
    assert [model.sha256 for model in models] == [digest(file) for file in files]


@pytest.mark.parametrize(
    "before",
    [
        f"models:\n  - {OLD}\n",
        f"models:\n- {OLD}",
        f"models: [{OLD}]\n",
        f"models:\n  - {OLD}\n\n# the other one\n  - {OLD.replace('student', 'encoder')}\n",
        f"models:\n  - {OLD}\nbudget: {{ordinary: 0.01}}\n",
    ],
)
def test_pins_replace_the_ones_before_and_leave_the_rest(tmp_path: Path, before: str) -> None:
    tiny = TinyPack(tmp_path)
    tiny.write("pack.yaml", f"# A comment.\n{MANIFEST}{before}")
    tiny.write("models/student.npz", "new")
    old = load_pack(tmp_path)
    pin_models(old)
    new = load_pack(tmp_path)
    assert [model.source for model in new.manifest.models] == ["file:models/student.npz"]
    after, earlier = (pack.manifest.model_copy(update={"models": []}) for pack in (new, old))
    assert after == earlier
    assert (tmp_path / "pack.yaml").read_text("utf-8").startswith("# A comment.\n")


def test_pinning_twice_changes_nothing(tmp_path: Path) -> None:
    tiny = TinyPack(tmp_path)
    tiny.write("models/student.npz", "s")
    pin_models(load_pack(tmp_path))
    once = (tmp_path / "pack.yaml").read_bytes()
    pin_models(load_pack(tmp_path))
    assert (tmp_path / "pack.yaml").read_bytes() == once


def test_a_pack_without_model_files_stays_sound(tmp_path: Path) -> None:
    tiny = TinyPack(tmp_path)
    tiny.write("pack.yaml", f"{MANIFEST}models:\n  - {OLD}\n")
    pin_models(load_pack(tmp_path))
    assert load_pack(tmp_path).manifest.models == []
