"""A server that speaks Azure Blob Storage: Microsoft's Azurite, from npm."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.processes import free_ports, program, running

BUCKET = "tests"
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account and key that every Azurite has; they are public."""

_MAIN = Path(__file__).parent / "node_modules/azurite/dist/src/blob/main.js"


@contextmanager
def azure_server(folder: Path) -> Iterator[str]:
    """Give the endpoint of an account with one empty container.

    Clients find it by `environment(endpoint)`.
    """
    if not _MAIN.exists():
        pytest.skip("Azurite is not installed: npm ci --prefix tests/servers")
    (port,) = free_ports(1)
    command = [program("node", "Azurite needs Node.js 20 or newer"), str(_MAIN)]
    command += ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence"]
    command += ["--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    with running(command, folder / "server.log", lambda: _listens(port)):
        endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
        _make_container(endpoint)
        yield endpoint


def environment(endpoint: str) -> dict[str, str]:
    """The variable by which adlfs finds the server."""
    parts = {
        "DefaultEndpointsProtocol": "http",
        "AccountName": ACCOUNT,
        "AccountKey": KEY,
        "BlobEndpoint": endpoint,
    }
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return {"AZURE_STORAGE_CONNECTION_STRING": text}


def _make_container(endpoint: str) -> None:
    adlfs = pytest.importorskip("adlfs", reason="adlfs is not installed: pip install adlfs")
    connection = environment(endpoint)["AZURE_STORAGE_CONNECTION_STRING"]
    store = adlfs.AzureBlobFileSystem(connection_string=connection, skip_instance_cache=True)
    store.mkdir(BUCKET)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
