"""Send the next request when the last is answered: what a server can do, not how it feels."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import NamedTuple

import uvloop

from benchmarks.http_client import Client, Exchange

OK = 200


class Rate(NamedTuple):
    """Requests answered with 200 a second, and how many were answered otherwise."""

    a_second: float
    failed: int


def run(url: str, bodies: Iterator[bytes], *, at_once: int, seconds: float) -> Rate:
    """Keep `at_once` requests under way for so long; what is not answered then does not count."""
    return uvloop.run(_saturate(url, bodies, at_once, seconds))


async def _saturate(url: str, bodies: Iterator[bytes], at_once: int, seconds: float) -> Rate:
    statuses: list[int] = []

    def again(exchange: Exchange) -> None:
        statuses.append(exchange.status)
        client.send(Exchange(next(bodies), time.perf_counter()))

    client = Client(url, at_once, None, again)
    for _ in range(at_once):
        client.send(Exchange(next(bodies), time.perf_counter()))
    await asyncio.sleep(seconds)
    answered = statuses.count(OK)
    failed = len(statuses) - answered
    await client.close()
    return Rate(answered / seconds, failed)
