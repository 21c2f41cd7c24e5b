"""Answering a request for decisions, from its body to the response."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.job import Answer, Caller, Made, Once, TooLate
from shelfguard.serve.idempotent import Content, once
from shelfguard.serve.notices import notices, preferred_language
from shelfguard.serve.refusals import refusals
from shelfguard.serve.remembered import Whole
from shelfguard.serve.request_body import read_listings
from shelfguard.serve.server import Server
from shelfguard.store.idempotency import Request as IdempotentRequest
from shelfguard.store.scopes import Scope

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
    accepted = wishes.accept_language
    language = None if accepted is None else preferred_language(accepted)
    under = None
    if wishes.idempotency_key is not None:
        under = IdempotentRequest(client, wishes.idempotency_key, _digest(body, language))
    asked = _Asked(
        server=server,
        listings=listings,
        several=several,
        language=language,
        caller=Caller(client, request.state.id),
        under=under,
        since=request.state.since,
        seconds=_seconds(server, wishes.deadline_ms, len(listings)),
    )
    with refusals(server.measures, asked.seconds):
        content, again = await asked.answered()
        if asked.overdue():
            raise TooLate
    headers = {} if language is None else {"content-language": language, "vary": "accept-language"}
    headers |= {"idempotent-replayed": "true"} if again else {}
    return Response(content, media_type=JSON, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Listings to answer within `seconds` of `since`, a time of `time.perf_counter`."""

    server: Server
    listings: Sequence[Sent]
    several: bool
    language: str | None
    caller: Caller
    under: IdempotentRequest | None
    since: float
    seconds: float

    def left(self) -> float:
        """The seconds until it must be decided, as the way out takes what the loop is behind."""
        return self.seconds - self._elapsed() - self.server.pulse.lag

    def overdue(self) -> bool:
        """Whether its time is over."""
        return self._elapsed() > self.seconds

    def _elapsed(self) -> float:
        return time.perf_counter() - self.since

    async def answered(self) -> tuple[bytes, bool]:
        """The body of the response, and whether it was given before."""
        if self.under is None:
            return (await self._content()).body, False
        return await once(self.server.store, self.under, self.left, self._content)

    async def _content(self) -> Content:
        found = await self._decisions()
        return Content(self._written(found), kept=any(made.new for made in found))

    async def _decisions(self) -> Sequence[Made]:
        """Remembered or made."""
        remembered, service = self.server.remembered, self.server.service
        if remembered is None:
            return (await self._decide(self.listings, Answer.made)).made()
        return await remembered.decide(self.listings, service.generation, self._decide)

    async def _decide(self, listings: Sequence[Sent], whole: Whole) -> Answer:
        caller = self.caller
        if self.under is not None:
            kept = Once(self.under, lambda answer: self._written(whole(answer)).decode())
            caller = Caller(caller.client, caller.request_id, once=kept)
        return await self.server.service.decide(listings, self.left(), caller)

    def _written(self, found: Sequence[Made]) -> bytes:
        if self.language is None:
            decisions = [made.decision for made in found]
        else:
            decisions = [_with_notices(made, self.language) for made in found]
        return b'{"decisions":[' + b",".join(decisions) + b"]}" if self.several else decisions[0]


def _with_notices(made: Made, lang: str) -> bytes:
    """A decision with what its seller is told."""
    told = json.dumps(notices(json.loads(made.decision), made.pack, lang), ensure_ascii=False)
    return made.decision[:-1] + b',"notices":' + told.encode() + b"}"


def _digest(body: bytes, language: str | None) -> str:
    """What a request asks for: its body and, where notices are wanted, their language."""
    # No body holds a zero byte, so the two cannot run into each other.
    wanted = body if language is None else body + b"\0" + language.encode()
    return hashlib.sha256(wanted).hexdigest()


def _seconds(server: Server, deadline: int | None, listings: int) -> float:
    if deadline is not None:
        return deadline / 1000
    return server.limits.seconds + server.limits.seconds_a_listing * (listings - 1)
