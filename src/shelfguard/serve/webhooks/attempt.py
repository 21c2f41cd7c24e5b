"""One attempt to deliver an event."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import httpx

from shelfguard import __version__
from shelfguard.retry_after import retry_after
from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.events import CONTENT_TYPE
from shelfguard.serve.webhooks.signature import sign
from shelfguard.store.deliveries import Delivery

MOST_READ = 65_536
"""Bytes of an answer that are read, so that the connection can serve again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an event was not taken, and for how many seconds the receiver wants to be left alone."""

    reason: str
    final: bool = False
    asked: float | None = None


def client(connections: int, seconds: float) -> httpx.AsyncClient:
    """What sends: certificates are checked, redirects not followed, proxies not asked."""
    limits = httpx.Limits(max_connections=connections)
    return httpx.AsyncClient(timeout=seconds, limits=limits, trust_env=False)


async def attempt(
    client: httpx.AsyncClient, endpoint: Endpoint, delivery: Delivery, seconds: float
) -> Failure | None:
    """Post an event, signed now; None where the receiver took it (any status of 2xx)."""
    body = delivery.event.encode()
    headers = {
        "content-type": CONTENT_TYPE,
        "user-agent": f"shelfguard/{__version__}",
        **sign(endpoint.secrets, delivery.id, int(time.time()), body),
    }
    try:
        async with (
            asyncio.timeout(seconds),
            client.stream("POST", endpoint.url, content=body, headers=headers) as answer,
        ):
            await _read_some(answer)
    except TimeoutError:
        return Failure(f"no answer in {seconds:g} seconds")
    except Exception as error:
        # Whatever it is, one event must not end the sending of all.
        return Failure(f"{type(error).__name__}: {error}".rstrip(": "))
    return _failure(answer)


async def _read_some(answer: httpx.Response) -> None:
    read = 0
    async for piece in answer.aiter_raw():
        read += len(piece)
        if read > MOST_READ:
            return


def _failure(answer: httpx.Response) -> Failure | None:
    if answer.is_success:
        return None
    gone = answer.status_code == HTTPStatus.GONE
    asked = retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC))
    return Failure(f"answered {answer.status_code}", gone, asked)
