"""Answering a request for decisions, from its body to the response."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import Request
from starlette.responses import Response

from shelfguard.errors import StoreError
from shelfguard.policy.pack import Pack
from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.job import Answer, Caller, TooLate, Unfit
from shelfguard.serve.deciding.service import Busy
from shelfguard.serve.idempotent import once
from shelfguard.serve.notices import notices, preferred_language
from shelfguard.serve.problems import Problem
from shelfguard.serve.remembered import Decide
from shelfguard.serve.request_body import read_listings
from shelfguard.serve.server import Server
from shelfguard.store.idempotency import Request as IdempotentRequest
from shelfguard.store.scopes import Scope

log = logging.getLogger(__name__)

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the headers of a request ask for."""

    deadline_ms: int | None = None
    idempotency_key: str | None = None
    accept_language: str | None = None


async def answer(server: Server, request: Request, wishes: Wishes) -> Response:
    """Decide the listings of a request's body.

    Raises:
        Problem, RequestValidationError: why that cannot be done.
    """
    client = await server.access.client(request, Scope.DECIDE)
    body = await request.body()
    listings, several = read_listings(body)
    await server.access.spend(client, len(listings))
    seconds = _seconds(server, wishes.deadline_ms, len(listings))
    left = seconds - (time.perf_counter() - request.state.since)
    decide = partial(_decided, server, seconds=left, caller=Caller(client, request.state.id))
    language = (
        None if wishes.accept_language is None else preferred_language(wishes.accept_language)
    )

    async def content() -> bytes:
        found = await _decisions(server, listings, decide)
        if language is not None:
            found = [_with_notices(decision, server.pack, language) for decision in found]
        return _written(found, several=several)

    headers = {} if language is None else {"content-language": language, "vary": "accept-language"}
    if wishes.idempotency_key is None:
        return Response(await content(), media_type=JSON, headers=headers)
    digest = hashlib.sha256(body).hexdigest()
    asked = IdempotentRequest(client, wishes.idempotency_key, digest)
    answered, again = await once(server.store, asked, seconds, content)
    headers |= {"idempotent-replayed": "true"} if again else {}
    return Response(answered, media_type=JSON, headers=headers)


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
