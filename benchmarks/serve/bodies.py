"""Requests as clients of a marketplace send them: grown listings as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

from benchmarks import catalog
from benchmarks.scan import WORK


def listings(count: int) -> list[bytes]:
    """Ordinary listings, all different, each as one JSON object."""
    path = WORK / f"listings-{count}.jsonl"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.jsonl")
        catalog.write(part, catalog.grow(count))
        part.rename(path)
    return path.read_bytes().splitlines()


def singles(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A request for each listing, over and over."""
    return cycle(lines)


def several(lines: Iterable[bytes], at_once: int) -> Iterator[bytes]:
    """Requests for `at_once` listings each, over and over."""
    endless = cycle(lines)
    while True:
        yield together(next(endless) for _ in range(at_once))


def together(lines: Iterable[bytes]) -> bytes:
    """One request for all of them."""
    return b'{"listings":[' + b",".join(lines) + b"]}"
