"""A request that is sent again under its idempotency key is answered as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import Engine

from shelfguard.serve.problems import Problem
from shelfguard.store.database import writing
from shelfguard.store.idempotency import Conflict, Done, Request, Running, abandon, begin, finish

KEPT = timedelta(hours=24)
"""How long an answer is given again."""

SPARE = timedelta(seconds=30)
"""How much longer than its request may take a key is held for it; a killed server lets go then."""


async def once(
    store: Engine | None, request: Request, seconds: float, answer: Callable[[], Awaitable[bytes]]
) -> tuple[bytes, bool]:
    """The answer, which takes at most `seconds`, and whether it was given before.

    Raises:
        Problem: 409 while the same request is being answered or another one has the key, 501
            without a store.
    """
    if store is None:
        detail = "This server has no store, so it cannot know a request again"
        raise Problem(501, "Not Implemented", detail)
    lease = timedelta(seconds=seconds) + SPARE
    state = await asyncio.to_thread(_begin, store, request, lease)
    if isinstance(state, Done):
        return state.response.encode(), True
    if isinstance(state, Running):
        detail = "A request with this Idempotency-Key is being answered"
        raise Problem(409, "Conflict", detail, headers={"retry-after": "1"})
    if isinstance(state, Conflict):
        raise Problem(409, "Idempotency key reused", "Another body was sent under this key")
    try:
        content = await answer()
    except BaseException:
        await asyncio.shield(asyncio.to_thread(_abandon, store, request))
        raise
    return await asyncio.to_thread(_finish, store, request, content), False


def _begin(store: Engine, request: Request, lease: timedelta) -> object:
    with writing(store) as connection:
        return begin(connection, request, lease)


def _finish(store: Engine, request: Request, content: bytes) -> bytes:
    with writing(store) as connection:
        return finish(connection, request, content.decode(), KEPT).encode()


def _abandon(store: Engine, request: Request) -> None:
    with writing(store) as connection:
        abandon(connection, request)
