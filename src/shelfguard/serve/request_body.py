"""The body of a request for decisions, read whatever content type it claims to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json

from shelfguard.serve.deciding.batch import Sent, sent
from shelfguard.serve.listing_body import ONE, SEVERAL

SCHEMA = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/Listing"},
                    {"$ref": "#/components/schemas/Listings"},
                ]
            }
        }
    },
}
"""The body in the OpenAPI document."""


def read_listings(body: bytes) -> tuple[list[Sent], bool]:
    """The listings of a body, and whether it was one that may hold several.

    Raises:
        RequestValidationError: naming each field that cannot be read, and why.
    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _invalid([], str(error), "json_invalid") from None
    several = isinstance(value, dict) and "listings" in value
    try:
        one_or_more = SEVERAL.validate_python(value) if several else ONE.validate_python(value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        found = [{**fault, "loc": ("body", *_place(fault, value))} for fault in faults]
        raise RequestValidationError(found) from None
    listings = one_or_more["listings"] if several else [one_or_more]  # type: ignore[typeddict-item]
    return [_sent(each, place, several=several) for place, each in enumerate(listings)], several


def _place(fault: Mapping[str, Any], value: Any) -> Iterator[str | int]:
    """Where in the body a fault is; pydantic also names which kinds of value it tried."""
    *path, last = fault["loc"] or [None]
    for part in (*path, last):
        inside = isinstance(value, dict) and part in value
        if inside or (isinstance(value, list) and isinstance(part, int)):
            value = value[part]
            yield part
        elif part is last and fault["type"] == "missing":
            yield part


def _sent(listing: Any, place: int, *, several: bool) -> Sent:
    try:
        return sent(listing, place + 1)
    except (ValueError, TypeError) as error:
        raise _invalid(["listings", place] if several else [], str(error), "value_error") from None


def _invalid(path: list[str | int], message: str, kind: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", *path), "msg": message}])
