"""Decisions on their way into the store, with the idempotency key that their request came under."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from shelfguard.errors import StoreError
from shelfguard.serve.deciding.batch import sent
from shelfguard.serve.deciding.job import Answer, Caller, Once, TooLate
from shelfguard.serve.deciding.lanes import Pace
from shelfguard.serve.deciding.service import DecisionService
from shelfguard.serve.ledger import StoreLedger
from shelfguard.store import decisions, idempotency
from shelfguard.store.database import writing
from shelfguard.store.idempotency import Done, New, Request, Running, State
from shelfguard.store.schema import open_store
from tests.unit.serve.deciding.quick_engine import generation
from tests.unit.serve.lexicon_pack import MUG

ASKED = Request("ann", "order-1", "a" * 64)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield engine
    engine.dispose()


def begin(store: Engine) -> State:
    with writing(store) as connection:
        return idempotency.begin(connection, ASKED, MINUTE)


def decided(store: Engine) -> Answer:
    """The answer to a request under the key."""
    ledger = StoreLedger(store, "none", lambda _: ())
    once = Once(ASKED, lambda answer: answer.decisions[0].decode())

    async def run() -> Answer:
        service = DecisionService(
            generation(), ledger, Pace(window=0.0), seen=lambda _: None, told=lambda _: None
        )
        service.start()
        try:
            return await service.decide([sent(MUG, 1)], 60.0, Caller("ann", "r-1", once=once))
        finally:
            await asyncio.to_thread(service.stop)

    return asyncio.run(run())


def test_the_answer_is_kept_under_its_key_with_its_decisions(store: Engine) -> None:
    assert begin(store) == New()
    answer = decided(store)
    assert begin(store) == Done(answer.decisions[0].decode())
    assert [saved.body.encode() for saved in decisions.after(store, 0, 10)] == answer.decisions


def test_where_decisions_cannot_be_kept_their_key_has_no_answer(store: Engine) -> None:
    begin(store)
    with writing(store) as connection:
        connection.execute(text("ALTER TABLE decisions RENAME TO gone"))
    with pytest.raises(StoreError):
        decided(store)
    assert begin(store) == Running()


def test_of_a_request_that_has_lost_its_key_nothing_is_kept(store: Engine) -> None:
    begin(store)
    with writing(store) as connection:
        idempotency.abandon(connection, ASKED)
    with pytest.raises(TooLate):
        decided(store)
    assert decisions.after(store, 0, 10) == []
