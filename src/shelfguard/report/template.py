"""Pages from templates, under a policy that lets them load nothing but what they hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates of a package; what they name and nobody gave is an error."""
    found = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= filters
    return found


def source(text: str) -> str:
    """A style or script within a page, as its content security policy names it.

    Source: W3C Content Security Policy Level 3, section 2.3.1.
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
