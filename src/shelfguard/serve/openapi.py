"""The OpenAPI 3.1 document, with the bodies that routes read by themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shelfguard import __version__
from shelfguard.serve.listing_body import ONE, SEVERAL

REF = "#/components/schemas/{model}"

DESCRIPTION = (
    "Decides product listings under a written policy. Every decision cites its clause, quotes its "
    "evidence, and says what could not judge."
)


EXAMPLES: dict[str, dict[str, Any]] = {
    "/v1/decisions": {"id": "sku-1", "title": "Folding knife"},
    "/v1/admin/reload": {"pack": "ca-marketplace"},
    "/v1alpha1/comments:analyze": {
        "comment": {"text": "Message me on another app, cash only"},
        "requestedAttributes": {"SPAM": {}},
    },
}
"""A body that is in order, for each path that takes one."""

OPEN = "health"
"""The tag of what nobody needs a key for."""


class ProblemBody(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def document_api(app: FastAPI) -> None:
    """Have `app` describe itself completely; the document is made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Shelfguard",
        version=__version__,
        description=DESCRIPTION,
        routes=app.routes,
    )
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for adapter in (ONE, SEVERAL):
        found = adapter.json_schema(ref_template=REF)
        schemas |= found.pop("$defs", {})
        schemas[found["title"]] = found
    _, problems = models_json_schema([(ProblemBody, "serialization")], ref_template=REF)
    schemas |= problems["$defs"]
    for replaced in ("HTTPValidationError", "ValidationError"):
        schemas.pop(replaced, None)
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"key": []}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _answer_problems(operation["responses"])
            if OPEN in operation["tags"]:
                operation["security"] = []
            for media in operation.get("requestBody", {}).get("content", {}).values():
                media["example"] = EXAMPLES[path]
    return document


def _answer_problems(responses: dict[str, Any]) -> None:
    """Every operation may answer with a problem; the validation errors of FastAPI are one."""
    responses.pop("422", None)
    if "default" in responses:  # a route with errors of its own
        return
    problem = {"schema": {"$ref": REF.format(model="ProblemBody")}}
    responses["default"] = {
        "description": "A problem, as RFC 9457 has it",
        "content": {"application/problem+json": problem},
    }
