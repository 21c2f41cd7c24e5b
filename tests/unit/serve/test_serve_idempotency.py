"""A request that is sent again under its key."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import httpx
import pytest

from shelfguard.store import decisions
from shelfguard.store.database import writing
from tests.unit.serve.deciding.quick_engine import HeldEngine, generation
from tests.unit.serve.lexicon_pack import KNUCKLES, MUG, lexicon_pack
from tests.unit.serve.listening import connect
from tests.unit.serve.running import BOTTLE, LISTING, Api, running
from tests.waiting import wait_until

HURRIED = {"x-deadline-ms": "500"}

PATIENCE = 20.0
"""Less than a request waits for the lock of SQLite."""


def kept(api: Api) -> int:
    assert api.server.store
    return len(decisions.after(api.server.store, 0, 100_000))


def test_the_same_request_is_answered_to_the_byte_as_it_was_and_decided_once(api: Api) -> None:
    first = api.decide(LISTING, **{"idempotency-key": "order-1"})
    before = kept(api)
    again = api.decide(LISTING, **{"idempotency-key": "order-1"})
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert kept(api) == before


def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    api.decide(LISTING, **{"idempotency-key": "order-2"})
    answer = api.decide(BOTTLE, **{"idempotency-key": "order-2"})
    assert answer.status_code == 409
    assert answer.json()["title"] == "Idempotency key reused"


def test_a_request_that_failed_may_be_sent_again(api: Api) -> None:
    lane = api.server.service.lanes.quick
    start, lane.cost.start = lane.cost.start, 1000.0
    try:
        busy = api.decide(LISTING, **{"idempotency-key": "order-3"})
    finally:
        lane.cost.start = start
    assert busy.status_code == 429
    assert api.decide(LISTING, **{"idempotency-key": "order-3"}).status_code == 200


def test_of_the_same_request_sent_many_times_at_once_one_is_decided(api: Api) -> None:
    before, statuses = kept(api), list[int]()

    def ask() -> None:
        statuses.append(api.decide(BOTTLE, **{"idempotency-key": "order-4"}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    assert kept(api) == before + 1


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Api]:
    """A server of its own, whose store a test may lock."""
    with running(tmp_path, pack=lexicon_pack(tmp_path / "pack")) as found:
        yield found


def test_a_key_belongs_to_the_language_of_its_notices(quick: Api) -> None:
    key = {"idempotency-key": "order-5"}
    french = quick.decide(KNUCKLES, **key, **{"accept-language": "fr"})
    again = quick.decide(KNUCKLES, **key, **{"accept-language": "fr-CA"})
    assert (again.content, again.headers["content-language"]) == (french.content, "fr")
    for other in ({"accept-language": "en"}, {}):
        assert quick.decide(KNUCKLES, **key, **other).status_code == 409


def test_a_deadline_holds_though_the_store_is_locked_and_the_key_is_free_again(
    quick: Api,
) -> None:
    assert quick.server.store
    key = {"idempotency-key": "order-6"}
    with writing(quick.server.store):
        assert quick.decide(MUG, **key, **HURRIED).status_code == 504
    answer = quick.decide(MUG, **key)
    assert answer.status_code == 200
    assert "idempotent-replayed" not in answer.headers


def test_what_a_client_was_told_is_too_late_is_kept_once_when_it_is_sent_again(
    quick: Api,
) -> None:
    """The store is locked after the key was taken and before the decision is kept."""
    assert quick.server.store
    key, held = {"idempotency-key": "order-7"}, generation(held=True)
    engine = cast("HeldEngine", held.quick)
    quick.server.service.swap(held)
    answers: list[int] = []

    def ask() -> None:
        answers.append(quick.decide(MUG, **key, **{"x-deadline-ms": "3000"}).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: engine.begun == 1)
    with writing(quick.server.store):
        engine.may_go.set()
        asking.join()
    assert answers == [504]
    wait_until(lambda: quick.decide(MUG, **key).status_code == 200)
    assert kept(quick) == 1


def test_a_request_that_was_too_late_is_not_kept(quick: Api) -> None:
    assert quick.server.store
    with writing(quick.server.store):
        assert quick.decide(KNUCKLES, **HURRIED).status_code == 504
    assert quick.decide(MUG).status_code == 200
    assert kept(quick) == 1


def test_requests_that_wait_for_the_store_hold_up_no_reader(quick: Api) -> None:
    assert quick.server.store
    path = f"/v1/decisions/{quick.decide(MUG).json()['id']}"
    with ExitStack() as open_:
        open_.enter_context(writing(quick.server.store))
        for number in range(64):
            open_.enter_context(_sent(quick, f"order-{number}"))
        assert quick.http.get(path, timeout=PATIENCE).status_code == 200


def _sent(api: Api, key: str) -> socket.socket:
    """A connection on which a request was sent, whose answer nobody waits for."""
    assert api.http.base_url.port
    client = connect(api.http.base_url.port)
    headers = {"idempotency-key": key, "x-deadline-ms": "60000"}
    asked = httpx.Request(
        "POST", api.http.base_url.join("/v1/decisions"), json=MUG, headers=headers
    )
    lines = "".join(f"{name}: {value}\r\n" for name, value in asked.headers.items())
    client.sendall(f"POST /v1/decisions HTTP/1.1\r\n{lines}\r\n".encode() + asked.read())
    return client
