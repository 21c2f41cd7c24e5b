"""Schemas and descriptions as a reader of the API reference sees them."""

from __future__ import annotations

from typing import Any

import pytest

from shelfguard.serve.reference.wording import kind, text


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "string"}, "string"),
        ({}, "any value"),
        ({"type": "integer", "minimum": 1}, "integer (minimum: 1)"),
        ({"type": "string", "default": ""}, "string (default: empty)"),
        ({"enum": ["en", "fr"]}, "<code>en</code> or <code>fr</code>"),
        ({"const": "en"}, "<code>en</code>"),
        ({"type": "array", "items": {"type": "number"}}, "array of number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        (
            {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
            "array of (string or null)",
        ),
        ({"type": "object"}, "object"),
        ({"additionalProperties": {"type": "string"}}, "object with values of string"),
        ({"$ref": "#/components/schemas/Fee"}, '<a href="#schema-Fee">Fee</a>'),
        ({"type": "string", "pattern": "<b>"}, "string (pattern: &lt;b&gt;)"),
    ],
    ids=str,
)
def test_a_schema_says_what_a_value_may_be(schema: dict[str, Any], shown: str) -> None:
    assert kind(schema) == shown


def test_a_description_has_paragraphs_and_code_and_nothing_else() -> None:
    shown = text('Takes `{"a": 1}`.\n\nOr <b>,\nno more.')
    code = "<code>{&#34;a&#34;: 1}</code>"
    assert shown == f"<p>Takes {code}.</p>\n<p>Or &lt;b&gt;, no more.</p>"


def test_no_description_takes_no_room() -> None:
    assert text("") == ""
