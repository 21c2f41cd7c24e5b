"""Decisions without the detour through the framework, which costs more than deciding."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shelfguard.serve.answering import Wishes, answer
from shelfguard.serve.problems import told
from shelfguard.serve.routes.decisions import Key, Milliseconds
from shelfguard.serve.server import Server

PATH = "/v1/decisions"

WISHES: dict[bytes, tuple[str, TypeAdapter[Any]]] = {
    b"x-deadline-ms": ("deadline_ms", TypeAdapter(Milliseconds)),
    b"idempotency-key": ("idempotency_key", TypeAdapter(Key)),
    b"accept-language": ("accept_language", TypeAdapter(str)),
}


class Shortcut:
    """ASGI middleware that answers POST /v1/decisions itself, where the headers are in order.

    Whatever is wrong or unusual goes the long way, through FastAPI, and ends in the same function.
    """

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app, self.server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wishes = _wishes(scope) if _asks_for_decisions(scope) else None
        if wishes is None:
            await self.app(scope, receive, send)
            return
        scope["state"]["route"] = PATH
        try:
            response = await answer(self.server, Request(scope, receive), wishes)
        except ClientDisconnect:
            raise
        except Exception as error:  # whatever it is, its client is answered, as on the long way
            response = told(error)
        await response(scope, receive, send)


def _asks_for_decisions(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST")


def _wishes(scope: Scope) -> Wishes | None:
    """What the headers ask for; None where one cannot be read, or comes twice."""
    found: dict[str, Any] = {}
    for name, value in scope["headers"]:
        if name in WISHES:
            field, kind = WISHES[name]
            if field in found:
                return None
            try:
                found[field] = kind.validate_python(value.decode("latin-1"))
            except ValidationError:
                return None
    return Wishes(**found)
