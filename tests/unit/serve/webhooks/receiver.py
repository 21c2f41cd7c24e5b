"""A receiver of webhooks that keeps what it was sent and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.signature import read_secret
from tests.unit.serve.listening import listening

SECRET = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@dataclass
class Receiver:
    """Answers the first messages with `statuses`, the others with 200, and none while `held`."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    held: bool = False
    content: bytes = b""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    port: int = 0

    async def answer(self, request: Request) -> Response:
        self.received.append((dict(request.headers), await request.body()))
        status = self.statuses.pop(0) if self.statuses else 200
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        while self.held:
            await asyncio.sleep(0.01)
        self.under_way -= 1
        return Response(self.content, status, self.headers)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]

    def release(self) -> bool:
        """Answer what was held."""
        self.held = False
        return True

    def endpoint(self, name: str = "desk") -> Endpoint:
        return Endpoint(name, f"http://127.0.0.1:{self.port}/hook", (SECRET,))

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        app = Starlette(routes=[Route("/{path:path}", self.answer, methods=["POST", "GET"])])
        with listening(app) as self.port:
            try:
                yield self
            finally:
                self.held = False
