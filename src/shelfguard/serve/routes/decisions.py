"""`/v1/decisions`: decide listings, and read what was decided."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import Engine
from starlette.responses import Response

from shelfguard.errors import StoreError
from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.report.explain import checked, explained
from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.job import Answer, Caller, TooLate, Unfit
from shelfguard.serve.deciding.service import Busy
from shelfguard.serve.decision_body import DecisionBody, DecisionsBody, NoticesBody
from shelfguard.serve.idempotent import once
from shelfguard.serve.notices import notices, preferred_language
from shelfguard.serve.problems import Problem
from shelfguard.serve.remembered import Decide
from shelfguard.serve.request_body import SCHEMA, read_listings
from shelfguard.serve.server import Server
from shelfguard.store import decisions
from shelfguard.store.database import reading
from shelfguard.store.idempotency import Request as IdempotentRequest
from shelfguard.store.saved import Saved
from shelfguard.store.scopes import Scope

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

log = logging.getLogger(__name__)

JSON = "application/json"
LONGEST = 600_000

Milliseconds = Annotated[int, Field(ge=1, le=LONGEST)]
Deadline = Annotated[
    Milliseconds | SkipJsonSchema[None],
    Header(alias="X-Deadline-Ms", description="Answer in time, or say so"),
]
Token = Annotated[str, Field(min_length=1, max_length=255)]
IdempotencyKey = Annotated[
    Token | SkipJsonSchema[None],
    Header(
        alias="Idempotency-Key",
        description="The same key with the same body is answered as it was the first time",
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
    client = await server.access.client(request, Scope.DECIDE)
    body = await request.body()
    listings, several = read_listings(body)
    await server.access.spend(client, len(listings))
    caller = Caller(client, request.state.id)
    seconds = _seconds(server, deadline, len(listings))
    left = seconds - (time.perf_counter() - request.state.since)
    language = None if accept_language is None else preferred_language(accept_language)

    async def answer() -> bytes:
        decide = partial(_decided, server, seconds=left, caller=caller)
        found = await _decisions(server, listings, decide)
        if language is not None:
            found = [_with_notices(decision, server.pack, language) for decision in found]
        return _written(found, several=several)

    headers = {} if language is None else {"content-language": language, "vary": "accept-language"}
    if idempotency_key is None:
        return Response(await answer(), media_type=JSON, headers=headers)
    asked = IdempotentRequest(client, idempotency_key, hashlib.sha256(body).hexdigest())
    content, again = await once(server.store, asked, seconds, answer)
    headers |= {"idempotent-replayed": "true"} if again else {}
    return Response(content, media_type=JSON, headers=headers)


@router.get("/{decision_id}", summary="A decision again", responses={200: {"model": DecisionBody}})
async def get_decision(request: Request, decision_id: DecisionId) -> Response:
    """The decision as it was answered, to the byte."""
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


async def _decided(
    server: Server, listings: Sequence[Sent], seconds: float, caller: Caller
) -> Answer:
    try:
        return await server.service.decide(listings, seconds, caller)
    except Busy as busy:
        server.measures.refused.labels("busy").inc()
        detail = f"The queue is too long to answer within {seconds:g} s"
        headers = {"retry-after": str(busy.retry_after)}
        raise Problem(429, "Too busy", detail, headers=headers) from None
    except TooLate:
        server.measures.refused.labels("late").inc()
        raise Problem(504, "Too late", f"No decision within {seconds:g} s") from None
    except Unfit as unfit:
        faults = [{"listing": place, "message": why} for place, why in unfit.reasons.items()]
        raise Problem(
            422, "Invalid request", "Listings that cannot be read", errors=faults
        ) from None
    except StoreError as error:
        log.error("a decision could not be kept: %s", error)
        detail = "The decision could not be kept, so it does not count. Send it again"
        raise Problem(503, "Not kept", detail, headers={"retry-after": "1"}) from error


async def _decisions(server: Server, listings: Sequence[Sent], decide: Decide) -> Sequence[bytes]:
    """Remembered or made."""
    if server.remembered is None:
        return (await decide(listings)).decisions
    return await server.remembered.decide(listings, server.service.generation, decide)


def _with_notices(decision: bytes, pack: Pack, lang: str) -> bytes:
    """A decision with what its seller is told."""
    told = json.dumps(notices(json.loads(decision), pack, lang), ensure_ascii=False)
    return decision[:-1] + b',"notices":' + told.encode() + b"}"


def _seconds(server: Server, deadline: int | None, listings: int) -> float:
    if deadline is not None:
        return deadline / 1000
    return server.limits.seconds + server.limits.seconds_a_listing * (listings - 1)


def _written(found: Sequence[bytes], *, several: bool) -> bytes:
    return b'{"decisions":[' + b",".join(found) + b"]}" if several else found[0]
