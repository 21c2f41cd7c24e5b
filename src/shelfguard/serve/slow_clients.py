"""HTTP connections with bounds on what uvicorn leaves open: how slow, and how long a head."""

from __future__ import annotations

import time
from asyncio import Transport
from asyncio.events import TimerHandle
from http import HTTPStatus
from typing import Any, Literal

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shelfguard.serve.problems import problem

Part = Literal["head", "body"]
"""What a client is sending of a request."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """What uvicorn runs a connection with, given as its `http` setting.

    A client that is too slow is told so with 408 and loses its connection, as long as that answer
    cannot be taken for another request's. What waits for the server itself is never too slow.
    """

    head_seconds = 10.0
    """From the first byte, or from the connection, to the end of the headers."""

    body_seconds = 30.0
    """From the end of the headers to the end of the body."""

    response_seconds = 30.0
    """For how long a client may not take what is sent to it."""

    max_head = 32_768
    """Bytes of request line and headers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receiving: Part | None = None
        self._parts_begun = 0
        self._receive_timer: TimerHandle | None = None
        self._send_timer: TimerHandle | None = None
        self._head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._receive("head")
        self._set_receive_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._receive(None)
        self._set_receive_timer()
        self._stop_send_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        begun = self._parts_begun
        super().data_received(data)
        if self._receiving is None and self._parts_begun == begun:
            # Bytes between two requests that begin none must not hold the connection open.
            self._receive("head")
        if self._parts_begun != begun:
            self._set_receive_timer()
        if self._receiving == "head":
            self._head_bytes += len(data)
            if self._head_bytes > self.max_head:
                self._refuse(431, f"The headers are longer than {self.max_head:,} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        if self._receiving is None:
            self._receive("head")

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.max_head:
            self._refuse(431, f"The headers are longer than {self.max_head:,} bytes")
            raise HttpParserError
        super().on_headers_complete()
        self.scope.setdefault("state", {})["read_at"] = time.perf_counter()
        self._receive("body")

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._receive(None)

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "This is not HTTP/1.1")

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_send_timer()
        self._send_timer = self.loop.call_later(self.response_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_timer()

    def _receive(self, part: Part | None) -> None:
        self._receiving = part
        self._parts_begun += 1

    def _set_receive_timer(self) -> None:
        """Give what is being received its time; a request that came whole needs no timer."""
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None
        if self._receiving is not None:
            seconds = self.head_seconds if self._receiving == "head" else self.body_seconds
            self._receive_timer = self.loop.call_later(seconds, self._too_slow)

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _too_slow(self) -> None:
        if self.flow.read_paused or self.pipeline:
            self._set_receive_timer()
        elif self._receiving == "head" and not self._head_bytes:
            self.transport.close()
        else:
            self._refuse(408, f"The {self._receiving} of the request did not arrive in time")

    def _refuse(self, status: int, detail: str) -> None:
        """Close the connection, saying why where that cannot pass for the answer to another."""
        if self.transport.is_closing():
            return
        if self._receiving == "body":
            if self.pipeline:
                return
            if not self.cycle.response_started:
                self._answer(status, detail)
            self.cycle.disconnected = True
        elif self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            return
        else:
            self._answer(status, detail)
        self.transport.close()

    def _answer(self, status: int, detail: str) -> None:
        close = {"connection": "close"}
        response = problem(status, HTTPStatus(status).phrase, detail, headers=close)
        headers = [*self.server_state.default_headers, *response.raw_headers]
        lines = (name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[status] + b"".join(lines) + b"\r\n" + response.body)
