"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shelfguard.errors import StoreError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

MAX_ERRORS = 100
"""As many faults of one request are listed; the rest is only counted."""

MAX_KEY = 100
"""A longer key in a pointer is cut: it is the client's text, which an answer does not repeat."""

BLANK = "about:blank"
"""The type of a problem that says no more than its status."""

ECHOING = {"union_tag_invalid": "Input has a tag that is none of the expected ones"}
"""What stands in for messages of pydantic that would repeat what the client sent."""


class Problem(Exception):  # noqa: N818 - the standard's word for what a client is told
    """What a request cannot have, as the client is told; raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail
        self.headers, self.extra = headers, extra

    def response(self) -> Response:
        return problem(self.status, self.title, self.detail, headers=self.headers, **self.extra)


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Response:
    """One problem as a response; `extra` become further members of its document.

    The type follows from the title, so that a client can tell two problems of one status apart.

    Source: RFC 9457, section 3.
    """
    document = {
        "type": _type(status, title),
        "title": title,
        "status": status,
        "detail": detail,
        **extra,
    }
    # Half of a surrogate pair, which JSON can spell and UTF-8 cannot, must not fail the answer.
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer every error of `app` with problem details."""
    for kind in (Problem, RequestValidationError, StoreError):
        app.add_exception_handler(kind, _told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)


def told(error: Exception) -> Response:
    """What a client is told of an error; one of the server itself is logged."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, RequestValidationError):
        return invalid(error)
    if isinstance(error, StoreError):
        return unavailable(error).response()
    log.error("a request failed", exc_info=error)
    return failed()


def unavailable(error: StoreError) -> Problem:
    """What a client is told of a store that cannot be used, which is logged."""
    log.error("the store cannot be used: %s", error)
    detail = "The store cannot be used at the moment. Send the request again"
    return Problem(503, "Store unavailable", detail, headers={"retry-after": "1"})


def failed() -> Response:
    """What a client is told of a fault that is the server's own."""
    detail = "The request failed inside the server, which has logged why"
    return problem(500, HTTPStatus(500).phrase, detail)


def faults(error: RequestValidationError) -> list[dict[str, str]]:
    """Where a request is at fault and why, without what it says there.

    `in` is `body`, `query`, `path` or `header`, `pointer` a JSON pointer into it.
    """
    return [_fault(fault) for fault in error.errors()[:MAX_ERRORS]]


async def _told(request: Request, error: Exception) -> Response:
    return told(error)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, title, error.detail, headers=error.headers)


def invalid(error: RequestValidationError) -> Response:
    """Each fault of a request, by its place."""
    count = len(error.errors())
    detail = f"{count} fault{'s' * (count != 1)}, see errors"
    if count > MAX_ERRORS:
        detail += f" for the first {MAX_ERRORS}"
    return problem(422, "Invalid request", detail, errors=faults(error))


async def _failed(request: Request, error: Exception) -> Response:
    return failed()  # the framework raises the error again, and the server that runs it logs it


def _type(status: int, title: str) -> str:
    if title == HTTPStatus(status).phrase:
        return BLANK
    return "urn:problem-type:shelfguard:" + re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    where, *path = fault["loc"]
    if fault["type"] == "json_invalid":
        path = []
    message = ECHOING.get(fault["type"], fault["msg"])
    return {"in": str(where), "pointer": _pointer(path), "message": message}


def _pointer(path: Sequence[str | int]) -> str:
    """A JSON pointer as the fragment of a URI.

    Source: RFC 6901, section 6.
    """
    keys = (str(part)[:MAX_KEY].replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join("/" + quote(key, safe="~", errors="replace") for key in keys)
