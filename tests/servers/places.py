"""An empty place in each kind of store; each server is real and lives as long as the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest

from shelfguard.objects import Place, place
from tests.servers import azure, gcs, s3

Environment = Mapping[str, str]

KINDS = ("local", "s3", "gcs", "azure")
_URLS = {"s3": f"s3://{s3.BUCKET}", "gcs": f"gs://{gcs.BUCKET}", "azure": f"az://{azure.BUCKET}"}


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Environment]]:
    """Starts a server of a kind when it is first asked for; gives its clients' variables."""
    with ExitStack() as servers:

        @cache
        def started(kind: str) -> Environment:
            folder = tmp_path_factory.mktemp(kind)
            if kind == "s3":
                return s3.environment(servers.enter_context(s3.s3_server(folder)))
            if kind == "gcs":
                return gcs.environment(servers.enter_context(gcs.gcs_server(folder)))
            return azure.environment(servers.enter_context(azure.azure_server(folder)))

        yield started


@pytest.fixture(params=KINDS)
def empty(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stores: Callable[[str], Environment],
) -> Place:
    """An empty folder on the disk, and a prefix of its own in each object store."""
    if request.param == "local":
        return place(tmp_path)
    return remote(request.param, monkeypatch, stores)


@pytest.fixture(params=KINDS[1:])
def empty_remote(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    stores: Callable[[str], Environment],
) -> Place:
    """A prefix of its own in each object store."""
    return remote(request.param, monkeypatch, stores)


def remote(
    kind: str, monkeypatch: pytest.MonkeyPatch, stores: Callable[[str], Environment]
) -> Place:
    """A new prefix in the store of this kind, whose client the environment now leads there."""
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed: shelfguard[cloud]")
    for name, value in stores(kind).items():
        monkeypatch.setenv(name, value)
    # The variable of this setting is read once, when fsspec is imported.
    monkeypatch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
    return place(f"{_URLS[kind]}/{uuid4().hex}")
