"""Clients that are slow, endless or speak no HTTP: each loses its connection, nobody else's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from shelfguard.serve.slow_clients import BoundedHttpProtocol
from tests.unit.serve.counting_app import counting_app
from tests.unit.serve.listening import PATIENCE, connect, listening, read_all


class Impatient(BoundedHttpProtocol):
    """The same with short bounds."""

    head_seconds = 0.2
    body_seconds = 0.2
    response_seconds = 0.2


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(counting_app(), http=Impatient) as port:
        yield port


@pytest.fixture(scope="module")
def patient() -> Iterator[int]:
    with listening(counting_app(), http=BoundedHttpProtocol) as port:
        yield port


def answer(port: int, sent: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with connect(port) as client:
        client.sendall(sent)
        return read_all(client)


def statuses(answers: bytes) -> list[int]:
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    assert answer(port, b"") == b""


@pytest.mark.parametrize(
    "head", [b"P", b"POST /length HTTP/1.1\r\n", b"GET /slow HTTP/1.1\r\nHost: a\r\nX: 1\r\n"]
)
def test_a_head_that_does_not_end_is_answered_408(port: int, head: bytes) -> None:
    received = answer(port, head)
    assert statuses(received) == [408]
    assert b"application/problem+json" in received
    assert b"connection: close" in received


def test_a_trickled_head_gets_no_more_time_with_each_byte(port: int) -> None:
    with connect(port) as client:
        client.settimeout(0.02)
        received = b""
        for byte in b"GET /slow HTTP/1.1\r\nX: " + b"a" * 5_000:
            try:
                client.send(bytes([byte]))
                received = client.recv(1_000)
                break
            except TimeoutError:
                continue
    assert statuses(received) == [408]


def test_a_body_that_does_not_end_is_answered_408(port: int) -> None:
    received = answer(port, b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    assert statuses(received) == [408]


def test_chunks_that_do_not_end_are_answered_408(port: int) -> None:
    head = b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(answer(port, head + b"3\r\nabc\r\n")) == [408]


def test_a_body_after_its_answer_closes_without_a_second_one(port: int) -> None:
    received = answer(port, b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    assert statuses(received) == [200]


def test_waiting_for_the_server_is_not_slowness(port: int) -> None:
    received = answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert statuses(received) == [200]
    assert received.endswith(b"late")


def test_bytes_between_requests_do_not_hold_a_connection(port: int) -> None:
    with connect(port) as client:
        client.sendall(b"POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        client.recv(1_000)
        client.sendall(b"\r\n")
        assert statuses(read_all(client)) == [408]


def test_half_a_pipelined_request_does_not_take_the_answer_of_the_one_before(port: int) -> None:
    received = answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /sl")
    assert statuses(received) == [200]
    assert received.endswith(b"late")


def test_garbage_after_a_request_does_not_take_its_answer(port: int) -> None:
    received = answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n\x00\xff\r\n\r\n")
    assert statuses(received) == [200]
    assert received.endswith(b"late")


def test_a_broken_body_in_a_queue_is_refused_in_its_turn(port: int) -> None:
    first = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
    second = b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"
    assert statuses(answer(port, first + second)) == [200, 408]


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    first = b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
    second = b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    last = b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert statuses(answer(port, first + second + last)) == [200, 200, 404]


def test_a_broken_chunk_is_answered_400(port: int) -> None:
    head = b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses(answer(port, head + b"nonsense\r\n")) == [400]


@pytest.mark.parametrize("size", [40_000, 300_000])
def test_one_huge_header_is_answered_431(port: int, size: int) -> None:
    received = answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nX: " + b"a" * size)
    assert statuses(received) == [431]


def test_many_headers_in_one_packet_are_answered_431(port: int) -> None:
    headers = b"".join(b"X-%d: value\r\n" % n for n in range(5_000))
    received = answer(port, b"GET /slow HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n")
    assert statuses(received) == [431]


def test_a_client_that_takes_no_answer_is_dropped() -> None:
    over = threading.Event()

    async def flood(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10_000):
            await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})
        over.set()

    with listening(flood, http=Impatient) as port, connect(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert over.wait(PATIENCE)
        assert len(read_all(client)) < 10_000 * 65_536


def test_a_client_that_takes_a_long_answer_gets_all_of_it() -> None:
    async def flood(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(500):
            await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})
        await send({"type": "http.response.body"})

    with listening(flood, http=BoundedHttpProtocol) as port:
        assert len(httpx.get(f"http://127.0.0.1:{port}/").content) == 500 * 65_536


def test_a_half_closed_client_frees_its_connection(patient: int) -> None:
    with connect(patient) as client:
        client.sendall(b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client) == b""


def test_expect_100_continue_gets_its_go_ahead(patient: int) -> None:
    with connect(patient) as client:
        client.sendall(
            b"POST /length HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        )
        assert client.recv(1_000).startswith(b"HTTP/1.1 100")
        client.sendall(b"abc")
        assert client.recv(1_000).startswith(b"HTTP/1.1 200")


PIECES = [
    b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /length HTTP/1.1\r\nHost: a\r\n",
    b"POST /deaf HTTP/1.0\r\nContent-Length: 4\r\n\r\n",
    b"GET http://a/%ff?\xff HTTP/1.1\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"Content-Length: 5\r\n",
    b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    b"Expect: 100-continue\r\n\r\n",
    b"5\r\nabcde\r\n",
    b"0\r\n\r\n",
    b"\r\n",
]


@given(sent=st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), min_size=1, max_size=8))
@settings(max_examples=60)
def test_whatever_is_sent_the_connection_ends_and_the_server_goes_on(
    patient: int, sent: list[bytes]
) -> None:
    with connect(patient) as client:
        client.sendall(b"".join(sent))
        client.shutdown(socket.SHUT_WR)
        read_all(client)
    assert httpx.post(f"http://127.0.0.1:{patient}/length", content=b"abc").json() == 3
