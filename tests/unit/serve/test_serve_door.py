"""Who is let in by a door, and what becomes of them when it closes."""

from __future__ import annotations

import asyncio
import resource
import socket
import struct
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import uvloop

from shelfguard.serve.door import Door
from tests.unit.serve.listening import PATIENCE


class Upper(asyncio.Protocol):
    """Says back in upper case what it hears."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data.upper())


@dataclass
class Room:
    """Behind the doors of one socket: who was let in, and clients that wait or are in."""

    listening: socket.socket
    doors: list[Door] = field(default_factory=list)
    let_in: list[Upper] = field(default_factory=list)
    clients: list[socket.socket] = field(default_factory=list)

    def open_door(self) -> Door:
        self.doors.append(Door(self.listening, self._protocol))
        self.doors[-1].open()
        return self.doors[-1]

    def knock(self) -> socket.socket:
        """A client that is connected as far as the kernel goes."""
        client = socket.create_connection(self.listening.getsockname(), PATIENCE)
        client.setblocking(False)
        self.clients.append(client)
        return client

    async def clear(self) -> None:
        for door in self.doors:
            door.close()
        for upper in self.let_in:
            upper.transport.abort()
        for client in self.clients:
            client.close()
        await asyncio.sleep(0)

    def _protocol(self) -> Upper:
        self.let_in.append(Upper())
        return self.let_in[-1]


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        found = Room(listening)
        try:
            yield found
        finally:
            await found.clear()


async def answer(client: socket.socket) -> bytes:
    """What is said to a client that says `hello`."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(client, b"hello")
    return await asyncio.wait_for(loop.sock_recv(client, 100), PATIENCE)


def run(test: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(test)


def test_more_than_are_taken_in_one_go_are_all_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shelfguard.serve.door.AT_ONCE", 8)

    async def all_are_answered() -> None:
        async with room() as inside:
            clients = [inside.knock() for _ in range(30)]
            inside.open_door()
            assert await asyncio.gather(*map(answer, clients)) == [b"HELLO"] * 30

    run(all_are_answered())


def test_who_was_let_in_stays_when_the_door_closes() -> None:
    async def stays() -> None:
        async with room() as inside:
            door, client = inside.open_door(), inside.knock()
            assert await answer(client) == b"HELLO"
            door.close()
            assert await answer(client) == b"HELLO"

    run(stays())


def test_who_comes_after_it_closed_waits_for_the_next_door() -> None:
    async def waits() -> None:
        async with room() as inside:
            door, early = inside.open_door(), inside.knock()
            assert await answer(early) == b"HELLO"
            door.close()
            late = inside.knock()
            assert await answer(early) == b"HELLO"
            assert len(inside.let_in) == 1
            inside.open_door()
            assert await answer(late) == b"HELLO"

    run(waits())


def test_who_hangs_up_at_the_door_keeps_nobody_out() -> None:
    async def others_are_answered() -> None:
        async with room() as inside:
            for _ in range(5):
                gone = inside.knock()
                reset_at_close = struct.pack("ii", 1, 0)
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset_at_close)
                gone.close()
            client = inside.knock()
            inside.open_door()
            assert await answer(client) == b"HELLO"

    run(others_are_answered())


@contextmanager
def no_file_to_spare() -> Iterator[None]:
    """This process may open nothing more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as next_one:
        lowest = next_one.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_without_a_file_to_spare_clients_wait_until_there_is_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def is_answered_later() -> None:
        async with room() as inside:
            client = inside.knock()
            with no_file_to_spare():
                inside.open_door()
                for _ in range(20):  # rounds of the loop, in each of which it might try again
                    await asyncio.sleep(0)
                assert len(caplog.messages) == 1
            assert await answer(client) == b"HELLO"

    run(is_answered_later())
    assert "no connection can be accepted" in caplog.text


def test_a_door_that_closed_while_there_was_no_file_to_spare_stays_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shelfguard.serve.door.PAUSE_SECONDS", 0.01)

    async def stays_closed() -> None:
        async with room() as inside:
            inside.knock()
            with no_file_to_spare():
                door = inside.open_door()
                for _ in range(20):
                    await asyncio.sleep(0)
                door.close()
            await asyncio.sleep(0.05)
            assert inside.let_in == []

    run(stays_closed())
