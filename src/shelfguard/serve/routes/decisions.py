"""`/v1/decisions`: decide listings, and read what was decided."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import Engine
from starlette.responses import Response

from shelfguard.listing import Batch
from shelfguard.report.explain import checked, explained
from shelfguard.serve.answering import JSON, Wishes, answer
from shelfguard.serve.decision_body import DecisionBody, DecisionsBody, NoticesBody
from shelfguard.serve.notices import notices, preferred_language
from shelfguard.serve.problems import Problem
from shelfguard.serve.request_body import SCHEMA
from shelfguard.serve.server import Server
from shelfguard.store import decisions
from shelfguard.store.database import reading
from shelfguard.store.saved import Saved
from shelfguard.store.scopes import Scope

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

LONGEST = 600_000

Milliseconds = Annotated[int, Field(ge=1, le=LONGEST)]
Deadline = Annotated[
    Milliseconds | SkipJsonSchema[None],
    Header(alias="X-Deadline-Ms", description="Answer in time, or say so"),
]
Key = Annotated[str, Field(min_length=1, max_length=255)]
IdempotencyKey = Annotated[
    Key | SkipJsonSchema[None],
    Header(
        alias="Idempotency-Key",
        description="The same request under the same key is answered as it was the first time",
    ),
]
AcceptLanguage = Annotated[
    str | SkipJsonSchema[None],
    Header(alias="Accept-Language", description="Adds what to tell the seller: en or fr"),
]
DecisionId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@router.post(
    "",
    summary="Decide one listing, or up to 500",
    openapi_extra={"requestBody": SCHEMA},
    responses={200: {"model": DecisionBody | DecisionsBody}},
)
async def decide(
    request: Request,
    deadline: Deadline = None,
    idempotency_key: IdempotencyKey = None,
    accept_language: AcceptLanguage = None,
) -> Response:
    """One listing gives its decision, `{"listings": […]}` gives `{"decisions": […]}`."""
    server: Server = request.app.state.server
    return await answer(server, request, Wishes(deadline, idempotency_key, accept_language))


@router.get("/{decision_id}", summary="A decision again", responses={200: {"model": DecisionBody}})
async def get_decision(request: Request, decision_id: DecisionId) -> Response:
    """The latest decision of this id, as it was answered, to the byte, but without notices."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    return Response((await _saved(server, decision_id)).body, media_type=JSON)


@router.get("/{decision_id}/explanation", summary="Why it was decided so")
async def explain(
    request: Request, decision_id: DecisionId, lang: Annotated[Literal["en", "fr"], Query()] = "en"
) -> dict[str, Any]:
    """Each reason with its rule, sources, goals and thresholds, and quotes in their context."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    saved = await _saved(server, decision_id)
    listing = Batch.from_records([json.loads(saved.listing)]) if saved.listing else None
    looks = server.service.generation.quick.vision is not None
    return {
        **explained(json.loads(saved.body), listing, server.pack, lang),
        "pack_changed": saved.pack != server.pack.label,
        "checked": checked(server.pack, pictures=looks),
    }


@router.get("/{decision_id}/notices", summary="What to tell the seller")
async def get_notices(
    request: Request, decision_id: DecisionId, accept_language: AcceptLanguage = None
) -> NoticesBody:
    """Each reason as the seller reads it, in English or French."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    saved, lang = await _saved(server, decision_id), preferred_language(accept_language)
    found = notices(json.loads(saved.body), server.pack, lang)
    return NoticesBody.model_validate({"lang": lang, "notices": found})


async def _saved(server: Server, decision_id: str) -> Saved:
    found = None
    if server.store is not None:
        found = await asyncio.to_thread(_read, server.store, decision_id)
    if found is None:
        raise Problem(404, "Not Found", "There is no such decision in the store")
    return found


def _read(store: Engine, decision_id: str) -> Saved | None:
    with reading(store) as connection:
        return decisions.get(connection, decision_id)
