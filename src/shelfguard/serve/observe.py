"""Every request has an id, a line in the log and a place in the metrics; no text of a listing."""

from __future__ import annotations

import logging
import re
import time
import uuid
from itertools import count

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shelfguard.serve.server import Server

log = logging.getLogger("shelfguard.requests")

REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
"""An id that a client may give its request; another would let it write into the log."""

_PROCESS, _NUMBERS = uuid.uuid4().hex, count(1)


class Observe:
    """ASGI middleware around everything, so that refusals are seen too."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app, self.server, self.measures = app, server, server.measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id_ = request_id(Headers(scope=scope))
        state = scope.setdefault("state", {})
        # What the loop was behind when the request was read is time that it had waited already.
        started = state.get("read_at", time.perf_counter()) - state.get("lag", 0.0)
        state |= {"id": id_, "since": started}
        status = 499  # as nginx has it: the client has gone

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = id_
                if not self.server.ready:  # a client that stays turns to another process
                    headers["connection"] = "close"
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope["state"].get("route") or getattr(scope.get("route"), "path", "other")
        self.measures.requests.labels(route, str(status)).inc()
        self.measures.seconds.labels(route).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            about = {
                "request_id": scope["state"]["id"],
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                **scope["state"].get("noted", {}),
            }
            # Without the search through the stack for whoever logs, which no line tells.
            extra = {"about": about}
            record = log.makeRecord(log.name, logging.INFO, "", 0, "request", (), None, extra=extra)
            log.handle(record)


def request_id(headers: Headers) -> str:
    """The id that the client gave, or one that no other request has."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else f"{_PROCESS}-{next(_NUMBERS):x}"
