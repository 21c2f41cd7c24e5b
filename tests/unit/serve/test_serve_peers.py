"""How one process of a server has the others follow it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from shelfguard.serve.line import Change, Followed
from shelfguard.serve.peers import Peers
from shelfguard.serve.problems import Problem


@pytest.fixture
def line() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = Pipe()
    with ours, theirs:
        yield ours, theirs


def followed(line: tuple[Connection, Connection], then: Callable[[Peers], None]) -> int:
    """What a call gives after which something happens; the supervisor was told of it."""
    supervisor, worker = line

    async def run() -> int:
        peers = Peers(worker)
        call = asyncio.create_task(peers.follow("house", None))
        assert await asyncio.to_thread(supervisor.recv) == Change("house", None)
        then(peers)
        async with asyncio.timeout(30):
            return await call

    return asyncio.run(run())


def test_a_change_is_told_and_done_when_all_have_followed(
    line: tuple[Connection, Connection],
) -> None:
    assert followed(line, lambda peers: peers.heard(Followed(4))) == 4


def test_who_could_not_follow_yet_is_told_to_the_client(
    line: tuple[Connection, Connection],
) -> None:
    with pytest.raises(Problem, match="database is away") as raised:
        followed(line, lambda peers: peers.heard(Followed(1, "the database is away")))
    assert (raised.value.status, raised.value.extra) == (503, {"processes": 1})


def test_a_process_that_is_told_to_end_keeps_nobody_waiting(
    line: tuple[Connection, Connection],
) -> None:
    with pytest.raises(Problem, match="told to end") as raised:
        followed(line, Peers.end)
    assert raised.value.status == 503


def test_nobody_follows_a_process_that_is_ending(line: tuple[Connection, Connection]) -> None:
    peers = Peers(line[1])
    peers.end()
    with pytest.raises(Problem, match="told to end"):
        asyncio.run(peers.follow("house", None))
    assert not line[0].poll()
