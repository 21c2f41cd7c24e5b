"""Bodies that are too large or encoded are refused, and never held in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from shelfguard.serve.body_limit import BodyLimit
from tests.unit.serve.counting_app import LIMIT, counting_app
from tests.unit.serve.listening import connect, listening, read_all

MEBIBYTE = 1024 * 1024
PIECE = bytes(64 * 1024)
FIFTY_MEGABYTES = 50 * MEBIBYTE // len(PIECE)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with listening(counting_app()) as port:
        yield f"http://127.0.0.1:{port}"


def pieces(count: int) -> Iterator[bytes]:
    return (PIECE for _ in range(count))


def test_a_body_up_to_the_limit_is_read(url: str) -> None:
    assert httpx.post(f"{url}/length", content=bytes(LIMIT)).json() == LIMIT


def test_a_longer_one_is_refused_by_its_announced_length(url: str) -> None:
    answer = httpx.post(f"{url}/length", content=bytes(LIMIT + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.json()["limit"] == LIMIT


@pytest.mark.parametrize("count", [16, FIFTY_MEGABYTES])
def test_a_longer_one_is_refused_while_it_streams(url: str, count: int) -> None:
    answer = httpx.post(f"{url}/length", content=pieces(count))
    assert (answer.status_code, answer.json()["title"]) == (413, "Content Too Large")


def test_an_announced_body_is_refused_before_it_is_sent(url: str) -> None:
    head = "POST /length HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
    with connect(int(url.rpartition(":")[2])) as client:
        client.sendall(f"{head}Content-Length: {LIMIT + 1}\r\n\r\n".encode())
        assert client.recv(1_000).startswith(b"HTTP/1.1 413")


def test_a_client_that_was_refused_and_stays_is_let_go(url: str) -> None:
    head = f"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    with connect(int(url.rpartition(":")[2])) as client:
        client.sendall(head.encode())
        assert read_all(client).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "gzip, identity", "x"])
def test_an_encoded_body_is_refused(url: str, encoding: str) -> None:
    answer = httpx.post(f"{url}/length", content=b"abc", headers={"content-encoding": encoding})
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"


def test_identity_is_no_encoding(url: str) -> None:
    headers = {"content-encoding": "Identity"}
    assert httpx.post(f"{url}/length", content=b"abc", headers=headers).json() == 3


def test_an_answer_that_needs_no_body_is_given(url: str) -> None:
    assert httpx.post(f"{url}/deaf", content=pieces(1)).text == "heard nothing"


@pytest.fixture
def server() -> Iterator[tuple[int, int]]:
    """Process id and port of a server in a process of its own."""
    program = [sys.executable, "-m", "tests.unit.serve.counting_app"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.terminate()


def peak_memory(process: int) -> int:
    """The most resident memory that a process ever had, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_large_bodies_leave_the_server_s_memory_flat(server: tuple[int, int]) -> None:
    process, port = server
    url = f"http://127.0.0.1:{port}/length"
    httpx.post(url, content=bytes(LIMIT))
    before = peak_memory(process)
    for _ in range(3):
        assert httpx.post(url, content=pieces(FIFTY_MEGABYTES)).status_code == 413
        announced = {"content-length": str(FIFTY_MEGABYTES * len(PIECE))}
        answer = httpx.post(url, content=pieces(FIFTY_MEGABYTES), headers=announced)
        assert answer.status_code == 413
    assert peak_memory(process) - before < 16 * MEBIBYTE


def test_a_body_without_end_ends_with_the_connection(server: tuple[int, int]) -> None:
    chunk = b"10000\r\n" + PIECE + b"\r\n"
    with connect(server[1]) as client:
        client.sendall(b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                client.sendall(chunk)
        assert read_all(client).startswith(b"HTTP/1.1 413")


def test_a_client_that_goes_before_its_body_is_whole_is_no_failure() -> None:
    heard: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    said: list[Message] = []

    async def receive() -> Message:
        return next(heard)

    async def send(message: Message) -> None:
        said.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(await Request(scope, receive).body())(scope, receive, send)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"100")]}
    asyncio.run(BodyLimit(app, LIMIT)(scope, receive, send))
    assert said == []
