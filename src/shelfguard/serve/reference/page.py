"""The page of the API reference."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

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
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _style() -> str:
    return files(__package__).joinpath("templates", "reference.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kind": kind, "text": text, "target": target}
    return environment
