"""`/v1alpha1/comments:analyze`, judged by the engine that decides listings."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Depends, Request

from shelfguard.decision import Decisions
from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.job import Caller, TooLate
from shelfguard.serve.deciding.service import Busy
from shelfguard.serve.perspective.route import router as perspective
from shelfguard.serve.perspective.scores import Analysis, listing_of
from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server
from shelfguard.store.scopes import Scope


async def _allowed(request: Request) -> None:
    server: Server = request.app.state.server
    client = await server.access.client(request, Scope.DECIDE)
    await server.access.spend(client, 1)


async def _analyze(request: Request, text: str, languages: list[str]) -> Analysis:
    server: Server = request.app.state.server
    comment = Sent(dict(listing_of(text, languages), attributes={}), {"uri": "api", "row": 1})
    caller = Caller(None, uuid.uuid4().hex, keeps=False)
    try:
        answer = await server.service.decide([comment], server.limits.seconds, caller)
    except Busy as busy:
        headers = {"retry-after": str(busy.retry_after)}
        raise Problem(429, "Too busy", "The queue is too long", headers=headers) from None
    except TooLate:
        raise Problem(504, "Too late", "It could not be judged in time") from None
    clauses = answer.generation.quick.clauses
    return Analysis.of(Decisions(answer.table, clauses, answer.probabilities, {}, {}))


router = APIRouter(dependencies=[Depends(_allowed)])
"""The routes for clients of Perspective; they keep nothing."""

router.include_router(perspective(_analyze))
