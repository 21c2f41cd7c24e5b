"""A request that is sent again under its key."""

from __future__ import annotations

import threading

from shelfguard.store import decisions
from shelfguard.store.database import reading
from tests.unit.serve.running import BOTTLE, LISTING, Api


def kept(api: Api) -> int:
    assert api.server.store
    with reading(api.server.store) as connection:
        return decisions.count(connection)


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
