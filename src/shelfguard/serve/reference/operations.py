"""The operations of an OpenAPI document, each with a call that can be pasted into a shell."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PATH_PARAMETER = re.compile(r"\{(\w+)\}")

NEWLINE = " \\\n  "


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent or comes back in one content type."""

    content_type: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; `status` may be `default`."""

    status: str
    description: str
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    bodies: tuple[Body, ...]
    responses: list[Response]
    curl: str


def operations(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """All operations by tag, in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for operation in _operations(document):
        found.setdefault(operation.tag, []).append(operation)
    return found


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            secured = told.get("security", document["security"])
            yield Operation(
                id=told["operationId"],
                method=method.upper(),
                path=path,
                tag=told["tags"][0],
                summary=told["summary"],
                description=told["description"],
                parameters=told.get("parameters", []),
                bodies=_bodies(told.get("requestBody", {})),
                responses=[_response(*each) for each in told["responses"].items()],
                curl=curl(path, told, keyed=bool(secured)),
            )


def _response(status: str, told: dict[str, Any]) -> Response:
    return Response(status, told["description"], _bodies(told))


def _bodies(told: dict[str, Any]) -> tuple[Body, ...]:
    content = told.get("content", {})
    return tuple(Body(kind, media.get("schema", {})) for kind, media in content.items())


def curl(path: str, told: dict[str, Any], *, keyed: bool) -> str:
    """A call of an operation: path parameters in capitals, the body as the document's example.

    It says `$SHELFGUARD` and `$KEY`, since no server behind a proxy knows its own address.
    """
    placed = PATH_PARAMETER.sub(lambda name: name[1].upper(), path)
    parts = [f'curl "$SHELFGUARD{placed}"']
    if keyed:
        parts.append('-H "Authorization: Bearer $KEY"')
    for content_type, media in told.get("requestBody", {}).get("content", {}).items():
        example = json.dumps(media["example"], ensure_ascii=False)
        parts += [f"-H 'Content-Type: {content_type}'", f"-d {shlex.quote(example)}"]
    return NEWLINE.join(parts)
