"""A real Redis, from the redis-server on the PATH."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import free_ports, program, running


@contextmanager
def redis_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """Give the URL of an empty Redis that keeps nothing on the disk."""
    server = program("redis-server", "apt-get install redis-server")
    port = port or free_ports(1)[0]
    command = [server, "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    with running(command, folder / "server.log", lambda: _answers(port)):
        yield f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
