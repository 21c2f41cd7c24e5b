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


def router(server: Server) -> APIRouter:
    """The routes for clients of Perspective; they keep nothing."""

    async def analyze(text: str, languages: list[str]) -> Analysis:
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

    async def allowed(request: Request) -> None:
        client = await server.access.client(request, Scope.DECIDE)
        await server.access.spend(client, 1)

    routes = APIRouter(dependencies=[Depends(allowed)])
    routes.include_router(perspective(analyze))
    return routes
