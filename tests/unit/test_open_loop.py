"""The senders of load against a real server: what they count, and what they do not hide."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, MutableMapping
from itertools import chain, cycle, repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks import closed_loop, open_loop
from benchmarks.open_loop import at_random, evenly
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.serve.listening import listening

STALL = 0.5

RATES = st.floats(0.5, 500), st.floats(0.1, 5)


class Told:
    """Does with each request what its body says: an HTTP status, or a word of its own."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.under_way = self.most_under_way = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        self.bodies.append(body)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        if body == b"never":
            await receive()
        elif body == b"stall":
            time.sleep(STALL)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        await _answer(body, send)


async def _answer(body: bytes, send: Any) -> None:
    status = int(body) if body.isdigit() else 200
    headers = [(b"content-length", b"2"), *[(b"connection", b"close")] * (body == b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def url(told: Told) -> Iterator[str]:
    with listening(told) as port:
        yield f"http://127.0.0.1:{port}/decide"


def test_each_body_is_sent_once_and_each_status_is_counted(told: Told, url: str) -> None:
    sent = open_loop.run(url, evenly(100, 0.3), cycle([b"200", b"429", b"504"]))
    assert told.bodies.count(b"200") == told.bodies.count(b"429") == 10
    assert sent.statuses == {200: 10, 429: 10, 504: 10}
    assert len(sent.latencies()) == 20, "a refusal is no answer whose time counts"


def test_a_stall_shows_in_every_request_that_was_due_meanwhile(url: str) -> None:
    due = np.array([0, *(0.1 + evenly(100, 0.9))])
    latencies = open_loop.run(url, due, chain([b"stall"], repeat(b"200"))).latencies()
    assert len(latencies) == 91
    assert (latencies >= STALL - due).all()


def test_what_could_not_be_sent_on_time_waited_all_the_same(url: str) -> None:
    bodies = chain([b"stall"], repeat(b"200"))
    sent = open_loop.run(url, evenly(100, 1), bodies, connections=1)
    assert sent.summary()["not sent on time"] >= 45
    assert sent.percentile(70) >= 1000 * (STALL - 0.3)


def test_a_server_may_close_its_connections(url: str) -> None:
    sent = open_loop.run(url, evenly(100, 0.3), cycle([b"close", b"200"]), connections=2)
    assert sent.statuses == {200: 30}


def test_an_answer_that_never_comes_is_waited_for_in_vain(url: str) -> None:
    sent = open_loop.run(url, evenly(20, 0.5), cycle([b"200", b"never"]), patience=0.5)
    assert sent.statuses == {0: 5, 200: 5}
    assert sent.summary()["longest"] is None
    assert "never" in open_loop.shown(sent.summary())


def test_where_nobody_listens_nothing_is_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sent = open_loop.run(f"http://127.0.0.1:{port}/", evenly(50, 0.2), repeat(b"200"))
    assert sent.statuses == {0: 10}


def test_seconds_of_a_load_can_be_looked_at_alone(url: str) -> None:
    sent = open_loop.run(url, evenly(50, 0.4), repeat(b"200"))
    assert len(sent.between(0.11, 0.29).exchanges) == 9


@given(*RATES)
def test_even_moments_are_as_many_as_the_rate_says(rate: float, seconds: float) -> None:
    moments = evenly(rate, seconds)
    assert len(moments) == round(rate * seconds)
    assert np.allclose(np.diff(moments), 1 / rate)


@given(*RATES)
def test_random_moments_are_as_many_in_order_and_the_same_again(
    rate: float, seconds: float
) -> None:
    moments = at_random(rate, seconds)
    assert len(moments) == round(rate * seconds)
    assert (np.diff(moments) > 0).all()
    assert np.array_equal(moments, at_random(rate, seconds))


def test_a_closed_loop_keeps_so_many_requests_under_way(told: Told, url: str) -> None:
    rate = closed_loop.run(url, cycle([b"200", b"503"]), at_once=4, seconds=0.5)
    assert told.most_under_way == 4
    assert rate.failed > 0
    assert abs(rate.a_second * 0.5 - rate.failed) <= 4


def test_the_command_prints_and_writes_its_figures(url: str, tmp_path: Path) -> None:
    listings, out = tmp_path / "listings.jsonl", tmp_path / "figures.json"
    listings.write_bytes(b"200\n429\n")
    command = [sys.executable, "-m", "benchmarks.open_loop", url, "--rate", "50", "--seconds"]
    rest = ["0.2", "--random-gaps", "--listings", str(listings), "--json", str(out)]
    done = subprocess.run([*command, *rest], capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["statuses"] == {"200": 5, "429": 5}
    assert "5 x 200, 5 x 429" in done.stdout
