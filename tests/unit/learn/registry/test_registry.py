"""A cascade in a real registry: an SQLite file, and MLflow's own server on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.learn.registry.cascades import copied, make_cascade, quiet, sha256, sign

pytest.importorskip("mlflow")

from shelfguard.errors import ModelError
from shelfguard.learn.model import read_record
from shelfguard.learn.registry.fetch import fetch, pin, pinned
from shelfguard.learn.registry.registry import CHALLENGER, CHAMPION, Registry
from shelfguard.models.source import resolve

pytestmark = quiet


@pytest.fixture(scope="module")
def cascade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cascade(tmp_path_factory.mktemp("models") / "a")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`mlflow server` on a free port; it and its workers are stopped by their process group."""
    room = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1"]
    options = [
        "--port",
        str(port),
        "--workers",
        "1",
        "--artifacts-destination",
        str(room / "files"),
    ]
    store = ["--backend-store-uri", f"sqlite:///{room}/mlflow.db"]
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (room / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options, *store], cwd=room, env=environment, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", process, room / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(log.read_text())


@pytest.fixture
def registry(store: str) -> Registry:
    return Registry(store)


def test_versions_count_up_and_an_alias_names_the_newest(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    first = registry.register(cascade)
    second = registry.register(make_cascade(tmp_path / "b", review=0.9))
    assert [str(first), str(second)] == ["tiny/1", "tiny/2"]
    assert registry.version("tiny", CHALLENGER) == second
    assert registry.version("tiny", "1") == first
    assert registry.version("tiny", CHAMPION) is None


def test_the_same_model_is_not_added_twice(registry: Registry, cascade: Path) -> None:
    assert registry.register(cascade) == registry.register(cascade)


def test_a_changed_file_is_not_registered(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    damaged = copied(cascade, tmp_path / "damaged")
    (damaged / "student.npz").write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"student\.npz: expected SHA-256"):
        registry.register(damaged)


def test_only_a_cascade_can_be_registered(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    alone = sign(copied(cascade, tmp_path / "alone"), kind="tfidf")
    with pytest.raises(ModelError, match="kind 'tfidf' cannot decide alone"):
        registry.register(alone)


def test_a_record_may_name_no_file_outside_its_folder(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    files = {name: sha256(cascade / name) for name in ("student.npz", "calibration.json")}
    evil = sign(copied(cascade, tmp_path / "evil"), files={**files, "../secret": "0" * 64})
    with pytest.raises(ModelError, match=r"'\.\./secret' is not a file name"):
        registry.register(evil)


def test_a_pin_holds_while_the_alias_moves(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    uri, cache = "mlflow:models:/tiny@challenger", tmp_path / "cache"
    registry.register(cascade)
    before = pin(uri, registry=registry.uri, cache=cache)
    registry.register(make_cascade(tmp_path / "b", review=0.9))
    after = pin(uri, registry=registry.uri, cache=cache)
    assert (before.version, after.version) == ("tiny/1", "tiny/2")
    assert before.digest != after.digest
    assert pinned(before.to_json(), cache=cache) == before
    assert sha256(before.folder / "student.npz") == sha256(cascade / "student.npz")


def test_the_same_files_of_another_dataset_are_another_version(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    again = sign(copied(cascade, tmp_path / "again"), dataset="f" * 64)
    for folder in (cascade, again):
        registry.register(folder)
    found = [
        pin(f"mlflow:models:/tiny/{number}", registry=registry.uri, cache=tmp_path / "cache")
        for number in (1, 2)
    ]
    assert found[0].digest == found[1].digest
    assert read_record(found[0].folder).dataset != read_record(found[1].folder).dataset


def test_a_recorded_model_that_is_gone_or_changed_is_refused(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    registry.register(cascade)
    cache = tmp_path / "cache"
    recorded = pin("mlflow:models:/tiny/1", registry=registry.uri, cache=cache)
    with pytest.raises(ModelError, match=r"\(tiny/1\) is not here"):
        pinned(recorded.to_json(), cache=tmp_path / "empty")
    (recorded.folder / "calibration.json").write_text("{}")
    with pytest.raises(ModelError, match=r"calibration\.json: expected SHA-256"):
        pinned(recorded.to_json(), cache=cache)


def test_a_download_that_is_not_what_was_registered_is_not_kept(
    registry: Registry, cascade: Path, tmp_path: Path
) -> None:
    registry.register(cascade)
    stored = next((tmp_path / "mlartifacts").rglob("student.npz"))
    stored.write_bytes(b"swapped")
    with pytest.raises(ModelError, match="expected SHA-256"):
        fetch("mlflow:models:/tiny/1", registry=registry.uri, cache=tmp_path / "cache")
    assert not list((tmp_path / "cache" / "models").iterdir())


@pytest.mark.parametrize("name", ["tiny@live", "tiny/9", "other@champion"])
def test_a_version_that_is_not_there_is_named(registry: Registry, cascade: Path, name: str) -> None:
    registry.register(cascade)
    with pytest.raises(ModelError, match=r"no version '.+' of '.+'"):
        fetch(f"mlflow:models:/{name}", registry=registry.uri)


@pytest.mark.parametrize("uri", ["mlflow:tiny", "mlflow:models:/tiny", "mlflow:models:/a/b/c"])
def test_another_form_is_refused(uri: str) -> None:
    with pytest.raises(ModelError, match="not a registered model"):
        fetch(uri)


def test_without_mlflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(ModelError, match=r"pip install shelfguard\[learn\]"):
        fetch("mlflow:models:/tiny@champion")


def test_a_source_in_a_pack_resolves_through_an_alias(
    registry: Registry, cascade: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", registry.uri)
    registry.register(cascade, CHAMPION)
    _resolves(cascade, tmp_path)


def test_a_server_gives_the_same_files(
    server: str, cascade: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    version = Registry().register(cascade, CHAMPION)
    found = pin("mlflow:models:/tiny@champion", cache=tmp_path / "cache")
    assert (found.version, found.digest) == ("tiny/1", version.digest)
    _resolves(cascade, tmp_path)


def _resolves(cascade: Path, tmp_path: Path) -> None:
    digest = sha256(cascade / "student.npz")
    source = "mlflow:models:/tiny@champion/student.npz"
    path = resolve(source, digest, root=tmp_path, cache=tmp_path / "single")
    assert sha256(path) == digest


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9.*--registry"):
        Registry("http://127.0.0.1:9").version("tiny", "1")
