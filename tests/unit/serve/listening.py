"""A real uvicorn server on a free port, for tests that speak to it through sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from tests.waiting import wait_until

PATIENCE = 30.0
"""Seconds to wait for something that must happen; none of it is a bar."""


@contextmanager
def listening(app: Any, http: type[asyncio.Protocol] | str = "httptools") -> Iterator[int]:
    """Serve `app` from a thread of this process; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http=http,
            loop="uvloop",
            ws="none",
            log_level="critical",
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


def connect(port: int) -> socket.socket:
    """A connection to what listens."""
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def read_all(client: socket.socket) -> bytes:
    """Everything that arrives until the other side closes."""
    received = b""
    while True:
        try:
            piece = client.recv(65_536)
        except ConnectionResetError:
            return received
        if not piece:
            return received
        received += piece
