from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shelfguard.errors import ModelError
from shelfguard.models.source import is_local, resolve, verify

WEIGHTS = b"weights"
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()

no_hub = pytest.mark.skipif(
    not importlib.util.find_spec("huggingface_hub"), reason="huggingface_hub is not installed"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    file = tmp_path / "pack/models/student.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(WEIGHTS)
    return tmp_path / "pack"


def test_a_file_source_lies_in_the_pack(root: Path) -> None:
    path = resolve("file:models/student.bin", DIGEST, root=root)
    assert path.read_bytes() == WEIGHTS


def test_another_digest_is_refused_with_both_named(root: Path) -> None:
    with pytest.raises(ModelError) as caught:
        resolve("file:models/student.bin", OTHER, root=root)
    message = str(caught.value)
    assert "student.bin" in message
    assert f"expected SHA-256 {OTHER}, found {DIGEST}" in message
    assert "pack.yaml" in message


def test_a_missing_file_is_named(root: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.bin: cannot be read: No such file"):
        resolve("file:models/gone.bin", DIGEST, root=root)


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "models/../../secret"])
def test_a_file_source_may_not_leave_the_pack(root: Path, path: str) -> None:
    with pytest.raises(ModelError, match="leads outside"):
        resolve(f"file:{path}", DIGEST, root=root)


def test_a_link_may_not_leave_the_pack(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(WEIGHTS)
    (root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ModelError, match="leads outside"):
        resolve("file:link", DIGEST, root=root)


def test_a_package_source_is_found_without_importing_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "heavyweights"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "data/w.bin").write_bytes(WEIGHTS)
    monkeypatch.syspath_prepend(tmp_path)
    path = resolve("pkg:heavyweights/data/w.bin", DIGEST, root=tmp_path)
    assert path == package / "data/w.bin"
    assert "heavyweights" not in sys.modules
    with pytest.raises(ModelError, match="leads outside"):
        resolve("pkg:heavyweights/../secret", DIGEST, root=tmp_path)


@pytest.mark.parametrize("package", ["no_such_package", "os.path", "__main__", ""])
def test_a_package_that_is_not_there_is_named(root: Path, package: str) -> None:
    with pytest.raises(ModelError, match=f"package '{package}' is not installed"):
        resolve(f"pkg:{package}/w.bin", DIGEST, root=root)


@pytest.mark.parametrize(
    "source", ["", "weights.bin", "file:", "s3:bucket/x", "hf:org/repo/file", "mlflow:name/file"]
)
def test_an_unknown_form_lists_the_known_ones(root: Path, source: str) -> None:
    with pytest.raises(ModelError, match=r"not a model source\. Use file:PATH"):
        resolve(source, DIGEST, root=root)


@pytest.mark.parametrize(
    ("source", "package"),
    [("hf:org/repo/w.bin@v1", "huggingface_hub"), ("mlflow:models:/name@live/w.bin", "mlflow")],
)
def test_a_missing_client_says_what_to_install(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, package: str
) -> None:
    for name in ("huggingface_hub", "mlflow", "mlflow.artifacts"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=f"pip install {package}"):
        resolve(source, DIGEST, root=root, cache=tmp_path / "cache")


@pytest.mark.parametrize(
    "source", ["hf:org/repo/sub/w.bin@v1", "mlflow:models:/name@live/w.bin", "mlflow:runs:/9/w.bin"]
)
def test_a_cached_download_needs_neither_client_nor_network(
    root: Path, tmp_path: Path, source: str
) -> None:
    kept = tmp_path / DIGEST / "w.bin"
    kept.parent.mkdir()
    kept.write_bytes(WEIGHTS)
    assert resolve(source, DIGEST, root=root, cache=tmp_path) == kept
    kept.write_bytes(b"tampered")
    with pytest.raises(ModelError, match="expected SHA-256"):
        resolve(source, DIGEST, root=root, cache=tmp_path)


def test_only_downloads_need_a_network() -> None:
    assert is_local("file:a")
    assert is_local("pkg:a/b")
    assert not is_local("hf:a/b/c@d")
    assert not is_local("mlflow:runs:/a/b")


def test_verify_streams_large_files(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(bytes(3_000_000))
    verify(file, hashlib.sha256(bytes(3_000_000)).hexdigest())


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub's protocol as one file takes."""

    def _answer(self, body: bytes) -> None:
        found = self.path.endswith("/org/repo/resolve/v1/sub/w.bin")
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(WEIGHTS) if found else 0))
        self.send_header("ETag", f'"{DIGEST}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        if not found:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.end_headers()
        self.wfile.write(body if found else b"")

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(WEIGHTS)

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def hub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def resolve_in_a_fresh_process(source: str, digest: str, cache: Path, endpoint: str) -> str:
    """The client reads its endpoint when imported, so the environment must come first."""
    code = (
        "import sys; from pathlib import Path; from shelfguard.models.source import resolve;"
        "print(resolve(sys.argv[1], sys.argv[2], root=Path(), cache=Path(sys.argv[3])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, source, digest, str(cache)],
        env={**os.environ, "HF_ENDPOINT": endpoint, "HF_HOME": str(cache / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


@no_hub
def test_a_hub_file_is_downloaded_once(hub: str, tmp_path: Path) -> None:
    source = "hf:org/repo/sub/w.bin@v1"
    kept = tmp_path / DIGEST / "w.bin"
    assert resolve_in_a_fresh_process(source, DIGEST, tmp_path, hub) == str(kept)
    assert kept.read_bytes() == WEIGHTS
    assert resolve_in_a_fresh_process(source, DIGEST, tmp_path, "http://127.0.0.1:1") == str(kept)


@no_hub
def test_a_hub_file_that_differs_or_is_absent_is_refused(hub: str, tmp_path: Path) -> None:
    different = resolve_in_a_fresh_process("hf:org/repo/sub/w.bin@v1", OTHER, tmp_path, hub)
    assert f"expected SHA-256 {OTHER}, found {DIGEST}" in different
    absent = resolve_in_a_fresh_process("hf:org/repo/none.bin@v1", OTHER, tmp_path, hub)
    assert "download failed" in absent
