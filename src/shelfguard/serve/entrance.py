"""Turns requests for decisions away before they are read, when reading is what is behind."""

from __future__ import annotations

import math

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shelfguard.serve.observe import request_id
from shelfguard.serve.problems import problem
from shelfguard.serve.server import Server

ROUNDS = 10
"""Times that the loop may be behind again until a request is answered: four rounds of it, and what
waits to be decided. With 4, most of what was let in under overload came too late; measured."""


class Entrance:
    """The outermost ASGI middleware.

    A refusal must cost a fraction of an answer, or overload is not relieved by it. So it comes
    before anything else has looked at the request.
    """

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app, self.server = app, server
        self.refused = server.measures.refused.labels("behind")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            lag = self.server.pulse.lag
            scope.setdefault("state", {})["lag"] = lag
            if ROUNDS * lag > _seconds(scope, self.server.limits.seconds):
                self.refused.inc()
                await _refusal(scope, lag)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _refusal(scope: Scope, lag: float) -> Response:
    retry, id_ = str(math.ceil(lag)), request_id(Headers(scope=scope))
    detail = "The server is too far behind to answer in time"
    headers = {"retry-after": retry, "x-request-id": id_}
    return problem(429, "Too busy", detail, headers=headers)


def _seconds(scope: Scope, default: float) -> float:
    """The deadline that a request names, if it can be read."""
    for name, value in scope["headers"]:
        if name == b"x-deadline-ms":
            # As a float, which takes any number of digits; whether it is too long is told later.
            return float(value) / 1000 if value.isdigit() else default
    return default
