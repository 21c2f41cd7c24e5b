"""An event loop that is behind: who is turned away unread, and that it passes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from shelfguard.serve.app import create_app
from shelfguard.serve.background import Background
from shelfguard.serve.build import build_server
from shelfguard.serve.options import Options
from tests.unit.serve.lexicon_pack import MUG, lexicon_pack
from tests.unit.serve.listening import listening
from tests.unit.serve.running import Api
from tests.waiting import wait_until

HELD_SECONDS = 0.2
"""For how long each turn of the loop is held up."""

HURRIED = {"x-deadline-ms": "500"}
"""Less than the turns that an answer takes."""


@dataclass
class Burden:
    """Work that holds up the event loop for as long as it is asked to."""

    wanted: threading.Event = field(default_factory=threading.Event)

    async def run(self) -> None:
        while True:
            if self.wanted.is_set():
                time.sleep(HELD_SECONDS)
            await asyncio.sleep(0.001)

    @contextmanager
    def on(self, api: Api) -> Iterator[None]:
        """Until the block ends, once the server has noticed."""
        self.wanted.set()
        try:
            wait_until(lambda: api.server.pulse.lag > HELD_SECONDS / 2)
            yield
        finally:
            self.wanted.clear()


@pytest.fixture(scope="module")
def burden() -> Burden:
    return Burden()


@pytest.fixture(scope="module")
def api(burden: Burden, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server whose loop a test can hold up."""
    folder: Path = tmp_path_factory.mktemp("overload")
    pack, store = lexicon_pack(folder / "pack"), f"sqlite:///{folder / 'store.db'}"
    server = build_server(Options(pack=pack, store=store))
    server.background.append(Background("burden", burden.run))
    with (
        listening(create_app(server)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        yield Api(server, http)


def refused(api: Api) -> float:
    """How many requests were turned away because the loop was behind."""
    (line,) = (
        line
        for line in api.http.get("/metrics").text.splitlines()
        if line.startswith('shelfguard_refused_total{why="behind"}')
    )
    return float(line.split()[1])


def test_a_request_that_it_has_no_time_for_is_told_when_to_come_back(
    api: Api, burden: Burden
) -> None:
    before = refused(api)
    with burden.on(api):
        answer = api.decide(MUG, **HURRIED | {"x-request-id": "mine"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "mine"
    assert answer.json()["title"] == "Too busy"
    assert refused(api) == before + 1


def test_one_that_can_wait_is_answered_meanwhile(api: Api, burden: Burden) -> None:
    with burden.on(api):
        assert api.decide(MUG).status_code == 200


def test_the_time_since_it_was_read_counts(api: Api) -> None:
    app = create_app(api.server)

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"read_at": time.perf_counter() - 1}
        await app(scope, receive, send)

    async def decide() -> int:
        transport = httpx.ASGITransport(app=behind)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
            answer = await http.post("/v1/decisions", json=MUG, headers=HURRIED)
        return answer.status_code

    wait_until(lambda: api.server.pulse.lag < 0.01)
    assert asyncio.run(decide()) == 504


def test_health_is_told_meanwhile(api: Api, burden: Burden) -> None:
    with burden.on(api):
        assert api.http.get("/health/ready", headers=HURRIED).status_code == 200


def test_once_the_loop_keeps_up_again_the_same_request_is_answered(
    api: Api, burden: Burden
) -> None:
    with burden.on(api):
        assert api.decide(MUG, **HURRIED).status_code == 429
    wait_until(lambda: api.decide(MUG, **HURRIED).status_code == 200)


@pytest.mark.parametrize(
    "deadline",
    [b"soon", b"-1", b"", b"\xb2", b"1e3", b"9" * 400, b"9" * 5000],
    ids=["words", "negative", "empty", "superscript", "float", "400 digits", "5000 digits"],
)
def test_a_deadline_that_cannot_be_read_is_a_fault_of_its_header(api: Api, deadline: bytes) -> None:
    headers = [(b"x-deadline-ms", deadline)]
    answer = api.http.post("/v1/decisions", json=MUG, headers=headers)
    assert answer.status_code == 422
    faults = answer.json()["errors"]
    assert all(fault["pointer"].startswith("#/X-Deadline-Ms") for fault in faults)
