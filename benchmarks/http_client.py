"""A small HTTP/1.1 client for load: kept-alive connections, one request on each at a time."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

IDLE_SECONDS = 2.0
"""After which a connection is given up, before a server does it just when a request comes."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer; moments are those of `time.perf_counter`."""

    body: bytes
    intended: float
    sent: float = inf
    ended: float = inf
    status: int = 0
    """Of the answer; 0 while there is none, and where the connection was lost."""


Ended = Callable[[Exchange], None]
"""Told of each exchange that was answered, or whose connection was lost."""


class Client:
    """Posts bodies to one address; what finds all `connections` busy waits for its turn."""

    def __init__(
        self, url: str, connections: int, headers: Mapping[str, str] | None, ended: Ended
    ) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        fields = {"Host": address.netloc, "Content-Type": "application/json", **(headers or {})}
        lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
        self._head = f"POST {address.path or '/'} HTTP/1.1\r\n{''.join(lines)}".encode()
        self._most, self._ended = connections, ended
        self._all: set[Connection] = set()
        self._free: list[Connection] = []
        self._waiting: deque[Exchange] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    def send(self, exchange: Exchange) -> None:
        self._waiting.append(exchange)
        self._pair()

    async def close(self) -> None:
        """Drop all connections; what is not answered stays so."""
        self._most = 0
        self._waiting.clear()
        for connection in tuple(self._all):
            connection.drop()
        await asyncio.gather(*self._opening)

    def _pair(self) -> None:
        """Start what waits on what is free; open another connection where that does not do."""
        while self._waiting and self._free:
            connection = self._free.pop()
            if time.perf_counter() - connection.free_since > IDLE_SECONDS:
                connection.drop()
            else:
                self._start(connection, self._waiting.popleft())
        open_ = len(self._all) + len(self._opening)
        if len(self._waiting) > len(self._opening) and open_ < self._most:
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(self._answered, self._lost), self._host, self._port
            )
        except OSError:
            if self._waiting:
                self._end(self._waiting.popleft())
            return
        if not self._most:
            connection.drop()
            return
        self._all.add(connection)
        self._free.append(connection)
        self._pair()

    def _start(self, connection: Connection, exchange: Exchange) -> None:
        length = f"Content-Length: {len(exchange.body)}\r\n\r\n".encode()
        connection.start(exchange, self._head + length + exchange.body)

    def _answered(self, connection: Connection, exchange: Exchange) -> None:
        self._free.append(connection)
        self._pair()
        self._end(exchange)

    def _lost(self, connection: Connection, exchange: Exchange | None) -> None:
        self._all.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        self._pair()
        if exchange:
            self._end(exchange)

    def _end(self, exchange: Exchange) -> None:
        exchange.ended = time.perf_counter()
        self._ended(exchange)


class Connection(asyncio.Protocol):
    """Writes a request, reads its answer, and says so."""

    def __init__(
        self,
        answered: Callable[[Connection, Exchange], None],
        lost: Callable[[Connection, Exchange | None], None],
    ) -> None:
        self._answered, self._lost = answered, lost
        self._exchange: Exchange | None = None
        self.free_since = time.perf_counter()
        self._parser = HttpResponseParser(self)

    def start(self, exchange: Exchange, request: bytes) -> None:
        self._exchange = exchange
        exchange.sent = time.perf_counter()
        self._transport.write(request)

    def drop(self) -> None:
        self._exchange = None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._transport.abort()

    def on_message_complete(self) -> None:
        exchange, self._exchange = self._exchange, None
        self.free_since = time.perf_counter()
        if exchange is None:
            return
        exchange.status = self._parser.get_status_code()
        if self._parser.should_keep_alive():
            self._answered(self, exchange)
        else:
            self._transport.close()
            self._lost(self, exchange)

    def connection_lost(self, error: Exception | None) -> None:
        self._lost(self, self._exchange)
