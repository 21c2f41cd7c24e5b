"""A request that is sent again under its idempotency key is answered as it was."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import NamedTuple, TypeVar

from sqlalchemy import Engine

from shelfguard.errors import StoreError
from shelfguard.serve.deciding.job import TooLate
from shelfguard.serve.problems import Problem
from shelfguard.store.database import writing
from shelfguard.store.idempotency import (
    Conflict,
    Done,
    New,
    Request,
    Running,
    State,
    abandon,
    begin,
    finish,
)

log = logging.getLogger(__name__)

SPARE = timedelta(seconds=30)
"""How much longer than its request may take a key is held for it; a killed server lets go then."""

THREADS = ThreadPoolExecutor(8, thread_name_prefix="idempotency")
"""Of its own: who waits here for the store's lock must not hold up those who only read."""

T = TypeVar("T")


class Content(NamedTuple):
    """An answer, and whether it was kept under its key together with its decisions."""

    body: bytes
    kept: bool


async def once(
    store: Engine | None,
    request: Request,
    left: Callable[[], float],
    answer: Callable[[], Awaitable[Content]],
) -> tuple[bytes, bool]:
    """The answer, and whether it was given before; `left` tells how many seconds there still are.

    Raises:
        Problem: 409 while the same request is being answered or another one has the key, 501
            without a store.
        TooLate: the store did not answer in time.
        StoreError: it cannot be reached.
    """
    if store is None:
        detail = "This server has no store, so it cannot know a request again"
        raise Problem(501, "Not Implemented", detail)
    state = await _taken(store, request, left())
    if isinstance(state, Done):
        return state.response.encode(), True
    if isinstance(state, Running):
        detail = "A request with this Idempotency-Key is being answered"
        raise Problem(409, "Conflict", detail, headers={"retry-after": "1"})
    if isinstance(state, Conflict):
        detail = "Another body, or another language, was sent under this key"
        raise Problem(409, "Idempotency key reused", detail)
    try:
        content = await answer()
        if not content.kept:
            await _in_time(THREADS.submit(_finish, store, request, content.body), left())
    except BaseException:
        giving_up = asyncio.wrap_future(THREADS.submit(_abandon, store, request))
        await asyncio.wait([giving_up], timeout=max(left(), 0.0))
        raise
    return content.body, False


async def _taken(store: Engine, request: Request, seconds: float) -> State:
    """What became of the key; one that is taken too late is given up again."""
    taking = THREADS.submit(_begin, store, request, time.monotonic() + seconds)

    def give_up(taken: Future[State]) -> None:
        if not taken.cancelled() and not taken.exception() and isinstance(taken.result(), New):
            THREADS.submit(_abandon, store, request)

    try:
        return await _in_time(taking, seconds)
    except BaseException:
        taking.add_done_callback(give_up)
        raise


async def _in_time(work: Future[T], seconds: float) -> T:
    """Raises: TooLate, after which the work, if it was begun, still goes on."""
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(work)
    except TimeoutError:
        raise TooLate from None


def _begin(store: Engine, request: Request, until: float) -> State:
    with writing(store) as connection:
        seconds = until - time.monotonic()
        if seconds <= 0:  # the store's lock took long, and nobody waits any more
            raise TooLate
        return begin(connection, request, timedelta(seconds=seconds) + SPARE)


def _finish(store: Engine, request: Request, content: bytes) -> None:
    with writing(store) as connection:
        finish(connection, request, content.decode())


def _abandon(store: Engine, request: Request) -> None:
    try:
        with writing(store) as connection:
            abandon(connection, request)
    except StoreError as error:
        log.warning("an idempotency key is held until its time is over: %s", error)
