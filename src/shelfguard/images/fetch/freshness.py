"""What a response's headers say about keeping it (RFC 9111)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import parse_http_list

LONGEST = 365 * 24 * 3600
"""Seconds; servers that never change a picture promise a year."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether a response may be kept, and how many seconds it may be used without asking.

    `lifetime` is None where the response does not say.
    """

    keep: bool
    lifetime: float | None


def freshness(headers: Mapping[str, str]) -> Freshness:
    """Read Cache-Control and Age; header names are in lower case."""
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives:
        return Freshness(keep=False, lifetime=0)
    if "no-cache" in directives:
        return Freshness(keep=True, lifetime=0)
    if (limit := _seconds(directives.get("max-age", ""))) is None:
        return Freshness(keep=True, lifetime=None)
    age = _seconds(headers.get("age", "")) or 0
    return Freshness(keep=True, lifetime=max(0, limit - age))


def _directives(value: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in parse_http_list(value))
    return {name.strip().lower(): given.strip().strip('"') for name, _, given in pairs}


def _seconds(value: str) -> int | None:
    """A number of seconds; more digits than a year needs mean for ever."""
    if not (value.isascii() and value.isdigit()):
        return None
    return min(int(value[:12]), LONGEST)
