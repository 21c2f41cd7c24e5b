"""`/v1alpha1/comments:analyze`, judged by the engine that decides listings."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Depends, Request

from shelfguard.decision import Decisions
from shelfguard.engine.judging import LEFT_OUT
from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.job import Answer, Caller, TooLate
from shelfguard.serve.perspective.route import router as perspective
from shelfguard.serve.perspective.scores import Analysis, listing_of
from shelfguard.serve.refusals import refusals
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
    with refusals(server.measures, server.limits.seconds):
        answer = await server.service.decide([comment], server.limits.seconds, caller)
        _refuse_a_part(answer)
    clauses = answer.generation.quick.clauses
    return Analysis.of(Decisions(answer.table, clauses, answer.probabilities, {}, {}))


def _refuse_a_part(answer: Answer) -> None:
    """A score has no room to say that a stage was left out to answer in time."""
    (degraded,) = answer.table.column("degraded").to_pylist()
    if any(reason.endswith(LEFT_OUT) for reason in degraded):
        raise TooLate


router = APIRouter(dependencies=[Depends(_allowed)])
"""The routes for clients of Perspective; they keep nothing."""

router.include_router(perspective(_analyze))
