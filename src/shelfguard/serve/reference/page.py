"""The page of the API reference."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from shelfguard.report.template import environment, source
from shelfguard.serve.reference.operations import operations
from shelfguard.serve.reference.wording import kind, target, text


def reference(document: dict[str, Any]) -> str:
    """An OpenAPI document as a page for people: it loads nothing and runs nothing."""
    template = _environment().get_template("reference.html.j2")
    return template.render(
        info=document["info"],
        tags=operations(document),
        schemas=document["components"]["schemas"],
        style=_style(),
    )


@cache
def content_security_policy() -> str:
    """The policy that the page works under: its own style, by its digest, and nothing else."""
    return (
        f"default-src 'none'; style-src {source(_style())}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _style() -> str:
    return files(__package__).joinpath("templates", "reference.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    return environment(__package__, {"kind": kind, "text": text, "target": target})
