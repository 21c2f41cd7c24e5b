"""The outbox: what is queued is sent at least once, by one sender at a time."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import Engine

from shelfguard.store import deliveries
from shelfguard.store.database import connect, reading, writing
from shelfguard.store.deliveries import Delivery
from tests.unit.store.rows import NOON

LEASE = timedelta(minutes=1)


def queue(engine: Engine, count: int, endpoint: str = "shop") -> list[str]:
    rows = [
        Delivery(f"{endpoint}-{n}", endpoint, "{}", 0, NOON + timedelta(microseconds=n))
        for n in range(count)
    ]
    with writing(engine) as connection:
        deliveries.enqueue(connection, rows)
    return [each.id for each in rows]


def due(engine: Engine, limit: int = 100, after: timedelta = LEASE) -> list[Delivery]:
    with writing(engine) as connection:
        return deliveries.due(connection, "shop", NOON + after, limit, LEASE)


def ids(found: list[Delivery]) -> list[str]:
    return [each.id for each in found]


def test_what_is_queued_is_due_once_oldest_first(engine: Engine) -> None:
    queued = queue(engine, 5)
    assert ids(due(engine, 3)) == queued[:3]
    assert ids(due(engine, 3)) == queued[3:]
    assert due(engine) == []


def test_nothing_is_due_before_its_time(engine: Engine) -> None:
    queue(engine, 1)
    assert due(engine, after=timedelta(seconds=-1)) == []


def test_what_a_killed_sender_had_comes_back_and_counts_as_attempted(engine: Engine) -> None:
    queue(engine, 1)
    assert [each.attempts for each in due(engine)] == [1]
    assert [each.attempts for each in due(engine, after=2 * LEASE)] == [2]


def test_what_failed_comes_back_when_it_was_told_to(engine: Engine) -> None:
    queued = queue(engine, 1)
    due(engine)
    with writing(engine) as connection:
        deliveries.reschedule(connection, queued[0], NOON + 10 * LEASE)
    assert due(engine, after=9 * LEASE) == []
    assert ids(due(engine, after=10 * LEASE)) == queued


def test_what_was_delivered_is_forgotten(engine: Engine) -> None:
    queued = queue(engine, 3)
    with writing(engine) as connection:
        deliveries.remove(connection, queued[:2])
    assert ids(due(engine)) == queued[2:]


def test_endpoints_do_not_hold_each_other_up(engine: Engine) -> None:
    queue(engine, 3, "down")
    queued = queue(engine, 2)
    assert ids(due(engine, 2)) == queued
    with reading(engine) as connection:
        assert deliveries.waiting(connection) == {"down": 3, "shop": 2}


def test_many_senders_at_once_never_take_the_same(url: str, engine: Engine) -> None:
    queued, taken = queue(engine, 200), list[str]()

    def send() -> None:
        sender = connect(url)
        while found := due(sender, 7):
            taken.extend(ids(found))
        sender.dispose()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(queued)
