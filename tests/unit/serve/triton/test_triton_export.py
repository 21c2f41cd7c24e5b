"""The model repository: what is written, and when a version is a new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shelfguard.errors import PackError
from shelfguard.models.source import digest
from shelfguard.policy.load import load_pack
from shelfguard.serve.triton.export import export
from shelfguard.serve.triton.model_config import Scheduling, Shape, model_config
from tests.unit.policy.tinypack import TinyPack
from tests.unit.serve.triton.changed_pack import changed_pack

PACK = load_pack("ca-marketplace")
PINNED = {model.name: model.sha256 for model in PACK.manifest.models}


def test_the_configuration_for_the_python_backend() -> None:
    written = model_config(
        "shelfguard-encoder", "python", Shape(384, 65), {1: "aa", 3: "bb"}, Scheduling(2, 100)
    )
    assert (
        written
        == """\
name: "shelfguard-encoder"
backend: "python"
max_batch_size: 2
input [
  { name: "embedded" data_type: TYPE_FP32 dims: [ -1, 384 ] allow_ragged_batch: true },
  { name: "attention_mask" data_type: TYPE_INT64 dims: [ -1 ] allow_ragged_batch: true }
]
output [
  { name: "logits" data_type: TYPE_FP32 dims: [ 65 ] }
]
instance_group [ { kind: KIND_CPU count: 2 } ]
dynamic_batching { max_queue_delay_microseconds: 100 }
version_policy { specific { versions: [ 1, 3 ] } }
parameters { key: "sha256_of_version_1" value { string_value: "aa" } }
parameters { key: "sha256_of_version_3" value { string_value: "bb" } }
"""
    )


def test_the_configuration_for_the_backend_of_onnx_runtime() -> None:
    written = model_config(
        "shelfguard-screener", "onnxruntime", Shape(384, 65), {1: "aa"}, Scheduling()
    )
    assert (
        written
        == """\
name: "shelfguard-screener"
backend: "onnxruntime"
max_batch_size: 1
input [
  { name: "embedded" data_type: TYPE_FP32 dims: [ -1, 384 ] },
  { name: "attention_mask" data_type: TYPE_INT64 dims: [ -1 ] }
]
output [
  { name: "logits" data_type: TYPE_FP32 dims: [ 65 ] }
]
instance_group [ { kind: KIND_CPU count: 1 } ]
dynamic_batching { max_queue_delay_microseconds: 0 }
version_policy { specific { versions: [ 1 ] } }
parameters { key: "intra_op_thread_count" value { string_value: "1" } }
parameters { key: "inter_op_thread_count" value { string_value: "1" } }
parameters { key: "sha256_of_version_1" value { string_value: "aa" } }
"""
    )


def files(repository: Path) -> dict[str, str]:
    """Every file of a repository and its digest."""
    paths = sorted(path for path in repository.rglob("*") if path.is_file())
    return {path.relative_to(repository).as_posix(): digest(path) for path in paths}


def config(repository: Path) -> str:
    return (repository / "python/shelfguard-encoder/config.pbtxt").read_text("utf-8")


def test_both_forms_hold_both_transformers(tmp_path: Path) -> None:
    exported = export(PACK, tmp_path)
    written = files(tmp_path)
    assert list(written) == [
        "onnxruntime/shelfguard-encoder/1/model.onnx",
        "onnxruntime/shelfguard-encoder/config.pbtxt",
        "onnxruntime/shelfguard-screener/1/model.onnx",
        "onnxruntime/shelfguard-screener/config.pbtxt",
        "python/shelfguard-encoder/1/model.onnx",
        "python/shelfguard-encoder/1/model.py",
        "python/shelfguard-encoder/config.pbtxt",
        "python/shelfguard-screener/1/model.onnx",
        "python/shelfguard-screener/1/model.py",
        "python/shelfguard-screener/config.pbtxt",
    ]
    assert written["python/shelfguard-encoder/1/model.onnx"] == PINNED["encoder"]
    assert PINNED["encoder"] in config(tmp_path)
    assert [(model.version, model.is_new) for model in exported] == [(1, True)] * 4


def test_the_same_model_again_changes_nothing(tmp_path: Path) -> None:
    export(PACK, tmp_path)
    before = files(tmp_path)
    assert not any(model.is_new for model in export(PACK, tmp_path))
    assert files(tmp_path) == before


def test_other_scheduling_changes_the_configuration_alone(tmp_path: Path) -> None:
    export(PACK, tmp_path)
    before = files(tmp_path)
    export(PACK, tmp_path, Scheduling(instances=4))
    changed = {name for name, content in files(tmp_path).items() if content != before[name]}
    assert len(changed) == 4
    assert all(name.endswith("config.pbtxt") for name in changed)


def test_a_changed_model_is_a_new_version_beside_the_one_before(tmp_path: Path) -> None:
    export(PACK, tmp_path / "repository")
    changed = changed_pack(PACK, tmp_path)
    new = {model.folder.name: model for model in export(changed, tmp_path / "repository")}
    assert (new["shelfguard-encoder"].version, new["shelfguard-encoder"].is_new) == (2, True)
    assert (new["shelfguard-screener"].version, new["shelfguard-screener"].is_new) == (1, False)
    assert "versions: [ 1, 2 ]" in config(tmp_path / "repository")
    assert f'sha256_of_version_1" value {{ string_value: "{PINNED["encoder"]}"' in config(
        tmp_path / "repository"
    )


def test_going_back_to_an_old_model_serves_its_old_version(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    for pack in (PACK, changed_pack(PACK, tmp_path, "two"), changed_pack(PACK, tmp_path, "three")):
        export(pack, repository)
    assert "versions: [ 2, 3 ]" in config(repository)
    export(PACK, repository)
    assert "versions: [ 1, 3 ]" in config(repository)
    assert PINNED["encoder"] in config(repository)


def test_what_a_killed_export_left_does_not_count(tmp_path: Path) -> None:
    unfinished = tmp_path / "python/shelfguard-encoder/.1.tmp"
    unfinished.mkdir(parents=True)
    (unfinished / "model.onnx").write_bytes(b"half")
    export(PACK, tmp_path)
    assert files(tmp_path)["python/shelfguard-encoder/1/model.onnx"] == PINNED["encoder"]
    assert not unfinished.exists()


def test_exporting_needs_no_client_library() -> None:
    code = "import sys; sys.modules['grpc'] = None; import shelfguard.serve.triton.export"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_pack_without_transformers_has_nothing_to_export(tmp_path: Path) -> None:
    pack = load_pack(TinyPack(tmp_path / "tiny").root)
    with pytest.raises(PackError, match="has no transformers to export"):
        export(pack, tmp_path / "repository")
