"""ASGI middleware that refuses bodies that are too large or encoded, without reading them."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shelfguard.serve.problems import problem

LINGER_SECONDS = 2.0
"""How long what a refused client still sends is read and dropped, so that it sees the refusal.

A connection closed on unread bytes is reset, and the client may lose what it was told.
"""


class BodyLimit:
    """Answers 413 to a body over `limit` bytes, and 415 to one with a Content-Encoding.

    To the application, a client that sends too much has gone. One that really goes before its body
    is whole is no fault of anybody, and ends quietly.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))
        if refusal is None:
            refusal = await self._run(scope, receive, send)
        if refusal is not None:
            await _refuse(refusal, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", ""):
            detail = "Bodies are taken as they are: send it without a Content-Encoding"
            headers_sent = {"accept-encoding": "identity", "connection": "close"}
            return problem(415, "Unsupported Media Type", detail, headers=headers_sent)
        length = headers.get("content-length", "0")
        return self._too_large() if int(length) > self.limit else None

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Run the application; the refusal, if its body came to be too large for any answer."""
        body = _Counted(receive, send, self.limit)
        with suppress(ClientDisconnect):
            await self.app(scope, body.receive, body.send)
        return self._too_large() if body.too_large and not body.answered else None

    def _too_large(self) -> Response:
        detail = f"The body is larger than {self.limit:,} bytes"
        close = {"connection": "close"}
        return problem(413, "Content Too Large", detail, headers=close, limit=self.limit)


class _Counted:
    """One request's channel, which ends where its body grows too large."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._room = receive, send, limit
        self.answered = False

    @property
    def too_large(self) -> bool:
        return self._room < 0

    async def receive(self) -> Message:
        message = {"type": "http.disconnect"} if self.too_large else await self._receive()
        self._room -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.too_large else message

    async def send(self, message: Message) -> None:
        if self.answered or not self.too_large:
            self.answered = True
            await self._send(message)


async def _refuse(refusal: Response, receive: Receive, send: Send) -> None:
    start = {"status": refusal.status_code, "headers": refusal.raw_headers}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": refusal.body, "more_body": True})
    await _drop_the_rest(receive)
    await send({"type": "http.response.body"})


async def _drop_the_rest(receive: Receive) -> None:
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while (await receive()).get("more_body"):
                pass
    except TimeoutError:
        pass
