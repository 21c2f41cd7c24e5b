"""The pages of this room: one look, whole in themselves, readable without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2

Number = float | None
Given = Sequence[Number] | None

TEMPLATES = "shelfguard.learn.evaluate"
SIDE = 320
"""Of the square in which a reliability curve is drawn, in user units; the rest is for labels."""


def render(template: str, **context: Any) -> str:
    """A page of a template with style and script inlined, and a policy that allows these alone."""
    style, script = _source("page.css"), _source("browse.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    shared = {"style": style, "script": script, "csp": policy}
    return _environment().get_template(template).render(**shared, **context)


def percent(value: Number, digits: int = 1) -> str:
    """A share as people read it."""
    return "n/a" if value is None else f"{100 * value:.{digits}f} %"


def number(value: Number, digits: int = 3) -> str:
    """A number as people read it."""
    return "n/a" if value is None else f"{value:.{digits}f}"


def p_value(value: Number) -> str:
    """A p-value as journals print it; none is 0."""
    return "< 0.0001" if value is not None and value < 0.0001 else number(value, 4)


def share(estimate: Given) -> str:
    """An estimated share with its interval."""
    if not estimate or estimate[0] is None:
        return "n/a"
    if None in estimate:
        return percent(estimate[0])
    value, low, high = (100 * (one or 0.0) for one in estimate)
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def figure(estimate: Given, digits: int = 3) -> str:
    """An estimated number with its interval."""
    if not estimate or estimate[0] is None:
        return "n/a"
    if None in estimate:
        return number(estimate[0], digits)
    value, low, high = (one or 0.0 for one in estimate)
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def reliability_points(bins: Sequence[dict[str, Any]]) -> list[dict[str, float]]:
    """Where each bin's dot and whisker lie in the square, from its upper left corner."""
    return [
        {
            "x": round(SIDE * one["said"], 1),
            "y": round(SIDE * (1 - one["seen"][0]), 1),
            "low": round(SIDE * (1 - _known(one["seen"][1], one["seen"][0])), 1),
            "high": round(SIDE * (1 - _known(one["seen"][2], one["seen"][0])), 1),
        }
        for one in bins
        if one["seen"][0] is not None
    ]


def _known(value: Number, otherwise: float) -> float:
    return otherwise if value is None else value


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "number": number,
        "p_value": p_value,
        "share": share,
        "figure": figure,
        "points": reliability_points,
    }
    environment.globals |= {"side": SIDE}
    return environment


def _source(name: str) -> str:
    """A file beside the templates, as it is."""
    loader = _environment().loader
    assert loader is not None
    return loader.get_source(_environment(), name)[0]


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
