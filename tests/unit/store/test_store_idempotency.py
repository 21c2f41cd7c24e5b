"""A request that is sent again is answered as it was."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from shelfguard.store import idempotency
from shelfguard.store.database import writing
from shelfguard.store.idempotency import Conflict, Done, New, Request, Running

ASKED = Request("shop", "key-1", "a" * 64)
OTHER_BODY = replace(ASKED, sha256="b" * 64)
OVER, MINUTE = timedelta(seconds=-1), timedelta(minutes=1)


def begin(
    engine: Engine, request: Request = ASKED, lease: timedelta = MINUTE
) -> New | Running | Done | Conflict:
    with writing(engine) as connection:
        return idempotency.begin(connection, request, lease)


def finish(engine: Engine, response: str, kept: timedelta = MINUTE) -> bool:
    with writing(engine) as connection:
        return idempotency.finish(connection, ASKED, response, kept)


def test_a_second_request_waits_for_the_first_and_is_answered_alike(engine: Engine) -> None:
    assert begin(engine) == New()
    assert begin(engine) == Running()
    assert finish(engine, '{"answer": 1}')
    assert begin(engine) == Done('{"answer": 1}')


def test_another_body_under_the_same_key_is_a_conflict(engine: Engine) -> None:
    begin(engine)
    assert begin(engine, OTHER_BODY) == Conflict()
    finish(engine, "answer")
    assert begin(engine, OTHER_BODY) == Conflict()


def test_clients_have_keys_of_their_own(engine: Engine) -> None:
    begin(engine)
    assert begin(engine, replace(OTHER_BODY, client="")) == New()


def test_a_key_that_was_given_up_is_free(engine: Engine) -> None:
    begin(engine)
    with writing(engine) as connection:
        idempotency.abandon(connection, ASKED)
    assert begin(engine, OTHER_BODY) == New()


def test_an_answer_does_not_count_once_its_key_was_given_up(engine: Engine) -> None:
    begin(engine)
    with writing(engine) as connection:
        idempotency.abandon(connection, ASKED)
    assert not finish(engine, "answer")
    assert begin(engine) == New()


def test_an_answer_cannot_be_given_up(engine: Engine) -> None:
    begin(engine)
    finish(engine, "answer")
    with writing(engine) as connection:
        idempotency.abandon(connection, ASKED)
    assert begin(engine) == Done("answer")


def test_a_killed_server_blocks_a_key_no_longer_than_its_lease(engine: Engine) -> None:
    assert begin(engine, lease=OVER) == New()
    assert begin(engine) == New()
    assert begin(engine) == Running()


def test_an_answer_is_forgotten_when_its_time_is_over(engine: Engine) -> None:
    begin(engine)
    finish(engine, "answer", OVER)
    assert begin(engine, OTHER_BODY) == New()


def test_of_two_who_hold_a_key_the_first_to_answer_counts(engine: Engine) -> None:
    begin(engine, lease=OVER)
    begin(engine)
    assert finish(engine, "first")
    assert not finish(engine, "second")
    assert begin(engine) == Done("first")


def test_a_late_answer_is_not_kept_for_another_request(engine: Engine) -> None:
    begin(engine, lease=OVER)
    begin(engine, OTHER_BODY)
    assert not finish(engine, "late")
    assert begin(engine, OTHER_BODY) == Running()


def test_one_of_many_at_once_gets_the_key(engine: Engine) -> None:
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(begin(engine))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(repr, got)) == ["New()", *["Running()"] * 7]


def test_purging_removes_what_is_over_and_nothing_else(engine: Engine) -> None:
    begin(engine)
    begin(engine, replace(ASKED, key="key-2"), OVER)
    with writing(engine) as connection:
        assert idempotency.purge(connection, datetime.now(UTC)) == 1
    assert begin(engine) == Running()
