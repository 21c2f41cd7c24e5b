"""What a server can do at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks import closed_loop
from benchmarks.pinned import Result
from benchmarks.serve.processes import Running
from benchmarks.serve.sizes import Sizes

SINGLE = (64, 128, 256)
"""Requests under way, of one listing each: some number of them fills every batch."""

SEVERAL = (2, 4)
"""Requests under way, of as many listings as one may hold."""


def saturated(
    server: Running, bodies: Iterator[bytes], levels: Sequence[int], sizes: Sizes
) -> Result:
    """The most requests a second of all levels, and what one costs the processor there."""
    return max((_at(server, bodies, level, sizes) for level in levels), key=_rate)


def _at(server: Running, bodies: Iterator[bytes], level: int, sizes: Sizes) -> Result:
    closed_loop.run(server.url, bodies, at_once=level, seconds=sizes.warm_up)
    before = server.processor()
    rate = closed_loop.run(server.url, bodies, at_once=level, seconds=sizes.saturate)
    spent = server.processor() - before
    answered = max(rate.a_second * sizes.saturate, 1)
    return {
        "a second": rate.a_second,
        "processor ms": 1000 * spent / answered,
        "under way": level,
        "failed": rate.failed,
    }


def _rate(found: Result) -> float:
    return found["a second"]
