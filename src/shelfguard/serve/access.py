"""Who may ask for what: API keys, their scopes, and how much each may ask."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from typing import Protocol

from fastapi import Request
from sqlalchemy import Engine

from shelfguard.serve.problems import Problem
from shelfguard.store.database import reading
from shelfguard.store.keys import Key, verify
from shelfguard.store.scopes import Scope

KNOWN_SECONDS = 10.0
"""How long a key that was right is taken to be so still: a revoked one works no longer."""

MOST_KNOWN = 1024

EVERYONE = "anyone"
"""The client of a server without keys."""


class Verdict(Protocol):
    """Whether a client may go on."""

    @property
    def allowed(self) -> bool: ...

    @property
    def retry_after_s(self) -> float: ...


class Limits(Protocol):
    """How much each client may ask for."""

    @property
    def most(self) -> int:
        """What one request may cost at most."""

    async def allow(self, client: str, cost: int) -> Verdict: ...

    async def close(self) -> None: ...


class Access:
    """Knows clients by their keys, where the server asks for any."""

    def __init__(self, store: Engine | None, limits: Limits | None) -> None:
        self._store, self._limits = store, limits
        self._known: OrderedDict[bytes, tuple[float, Key]] = OrderedDict()

    async def client(self, request: Request, scope: Scope) -> str:
        """The name of the client that may do this.

        Raises:
            Problem: 401 without a valid key, 403 with one that is not for this.
        """
        if self._store is None:
            return EVERYONE
        key = await self._key(self._store, _token(request))
        if scope not in key.scopes:
            detail = f"This key is not for '{scope.value}'"
            raise Problem(403, "Forbidden", detail, scopes=sorted(key.scopes))
        return key.name

    async def spend(self, client: str, listings: int) -> None:
        """Count listings against a client's limit.

        Raises:
            Problem: 429, with the time after which to try again; 413 for more listings than the
                limit ever grants at once.
        """
        if self._limits is None:
            return
        if listings > (most := self._limits.most):
            detail = f"Under this client's rate limit a request may hold {most} listings at most"
            raise Problem(413, "Above the rate limit", detail, most=most)
        verdict = await self._limits.allow(client, listings)
        if not verdict.allowed:
            seconds = str(math.ceil(verdict.retry_after_s))
            detail = f"This client has asked for as many listings as it may; wait {seconds} s"
            raise Problem(429, "Rate limit", detail, headers={"retry-after": seconds})

    async def close(self) -> None:
        """Give back connections."""
        if self._limits is not None:
            await self._limits.close()

    async def _key(self, store: Engine, token: str) -> Key:
        # By digest, so that the time of a look-up says nothing about tokens that are like it.
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        until, key = self._known.get(digest, (0.0, None))
        if key is None or until < time.monotonic():
            key = await asyncio.to_thread(_verified, store, token)
            if key is None:
                self._known.pop(digest, None)
                raise _unauthorised("This key is not valid")
            self._remember(digest, key)
        return key

    def _remember(self, digest: bytes, key: Key) -> None:
        self._known[digest] = (time.monotonic() + KNOWN_SECONDS, key)
        self._known.move_to_end(digest)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _verified(store: Engine, token: str) -> Key | None:
    with reading(store) as connection:
        return verify(connection, token)


def _token(request: Request) -> str:
    """The token of `Authorization: Bearer`, of `X-Api-Key`, or of Perspective's `key` parameter."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    token = request.headers.get("x-api-key") or request.query_params.get("key") or ""
    if not token:
        raise _unauthorised("Send a key as 'Authorization: Bearer sg_…'")
    return token


def _unauthorised(detail: str) -> Problem:
    return Problem(401, "Unauthorized", detail, headers={"www-authenticate": "Bearer"})
