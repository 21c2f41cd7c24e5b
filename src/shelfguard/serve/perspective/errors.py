"""Errors as Google's APIs write them, for every failure of the routes under it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shelfguard.errors import StoreError
from shelfguard.serve.problems import Problem, faults, unavailable

TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""Google's name for an HTTP status (google.rpc.Code)."""


class InvalidArgument(Exception):  # noqa: N818 - Google's word
    """What a request asks for cannot be had; `details` are of TYPE."""

    def __init__(self, message: str, *details: dict[str, Any]) -> None:
        super().__init__(message)
        self.message = message
        self.details = [{"@type": TYPE, **detail} for detail in details]


class GoogleRoute(APIRoute):
    """A route whose errors are Google's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except InvalidArgument as error:
                return _error(400, error.message, details=error.details)
            except RequestValidationError as error:
                return _error(400, _faults(error))
            except Problem as error:
                return _problem(error)
            except StoreError as error:
                return _problem(unavailable(error))
            except HTTPException as error:
                return _error(error.status_code, error.detail, headers=error.headers)

        return handle


def _problem(problem: Problem) -> Response:
    return _error(problem.status, problem.detail, headers=problem.headers)


def _error(status: int, message: str, *, headers: Any = None, details: Any = ()) -> Response:
    name = STATUS.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
    error = {"code": status, "message": message, "status": name}
    content = {"error": error | ({"details": details} if details else {})}
    return JSONResponse(content, status, headers)


def _faults(error: RequestValidationError) -> str:
    found = (f"{fault['pointer']}: {fault['message']}" for fault in faults(error))
    return "Invalid value at " + "; ".join(found)
