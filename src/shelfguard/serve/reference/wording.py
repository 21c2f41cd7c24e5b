"""Schemas and descriptions of an OpenAPI document as HTML."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

LIMITS = (
    *("format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "minProperties"),
    *("maxProperties", "default"),
)
"""What narrows a type, by the keywords of JSON Schema."""

CODE = re.compile(r"`([^`]+)`")

Schema = dict[str, Any]


def kind(schema: Schema) -> Markup:
    """What a value may be, such as "array of Listing (minItems: 1)", with links to schemas."""
    named = [f"{name}: {_shown(schema[name])}" for name in LIMITS if name in schema]
    limits = Markup(" ({})").format(", ".join(named)) if named else Markup()
    return _type(schema) + limits


def text(markdown: str) -> Markup:
    """A description as paragraphs, with code between backticks."""
    parts = (str(escape(" ".join(part.split()))) for part in markdown.split("\n\n") if part)
    coded = (CODE.sub(r"<code>\1</code>", part) for part in parts)
    return Markup("\n").join(Markup(f"<p>{part}</p>") for part in coded)  # noqa: S704 - escaped


def target(name: str) -> str:
    """The id of a schema on the page."""
    return f"schema-{name}"


def _type(schema: Schema) -> Markup:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{}">{}</a>').format(target(name), name)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return Markup(" or ").join(kind(choice) for choice in choices)
    if values := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return Markup(" or ").join(Markup("<code>{}</code>").format(value) for value in values)
    if schema.get("type") == "array":
        return Markup("array of ") + _one(schema.get("items", {}))
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        return Markup("object with values of ") + _one(values)
    return escape(schema.get("type", "any value"))


def _one(schema: Schema) -> Markup:
    """A type that stands behind a word: several are held together."""
    several = "anyOf" in schema or "oneOf" in schema or len(schema.get("enum", ())) > 1
    return Markup("({})").format(kind(schema)) if several else kind(schema)


def _shown(value: Any) -> str:
    return "empty" if value in ("", [], {}) else str(value)
