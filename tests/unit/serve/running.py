"""The whole API on a free port, from options as an operator gives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from shelfguard.serve.app import create_app
from shelfguard.serve.build import build_server
from shelfguard.serve.options import Options
from shelfguard.serve.server import Server
from tests.unit.serve.listening import listening

LISTING: dict[str, Any] = {
    "id": "sku-1",
    "title": {"en": "Push dagger key ring"},
    "description": {"en": "A hidden blade that fits your palm, for self defence."},
    "price": 19.99,
    "currency": "CAD",
    "market": "CA",
}
BOTTLE: dict[str, Any] = {"id": "sku-2", "title": "Stainless steel water bottle, 750 ml"}

PATIENT = {"x-deadline-ms": "60000"}
"""A test machine may be busy."""


class Api:
    """A client of a running server, and the server itself."""

    def __init__(self, server: Server, http: httpx.Client) -> None:
        self.server, self.http = server, http

    def decide(self, body: Any, **headers: str) -> httpx.Response:
        return self.http.post("/v1/decisions", json=body, headers=PATIENT | headers)


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[Api]:
    """Serve with a store in this folder."""
    chosen = {"store": f"sqlite:///{folder / 'store.db'}"} | options
    server = build_server(Options(**chosen))
    try:
        with listening(create_app(server)) as port:
            address = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=address, timeout=60) as http:
                yield Api(server, http)
    finally:
        if server.store:
            server.store.dispose()
