"""One picture over HTTP: redirects, retries and the cache, within limits of size and time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

import anyio
import httpcore2

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.fetch.cache import Kept, PictureCache
from shelfguard.images.fetch.connect import CheckedBackend
from shelfguard.images.fetch.limits import Limits
from shelfguard.images.fetch.responses import headers_of, network_errors, refusal
from shelfguard.images.fetch.retries import Retries
from shelfguard.images.fetch.urls import redirected
from shelfguard.images.outcome import Fetched, PictureError, Reason, TransientError

MAX_REDIRECTS = 5
"""A picture behind more is a loop or a maze."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

HEADERS = {
    "accept": "image/avif,image/webp,image/*;q=0.9,*/*;q=0.5",
    "accept-encoding": "identity",
    "user-agent": "shelfguard (catalog trust and safety)",
}
"""Pictures are compressed already: another encoding could only hide how large one becomes."""


class Web:
    """Pictures by URL. Use it in one event loop, and close it there."""

    def __init__(
        self, access: Access, limits: Limits, retries: Retries, cache: PictureCache | None
    ) -> None:
        self._limits, self._retries, self._cache = limits, retries, cache
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpcore2.default_ssl_context(),
            max_connections=limits.at_once,
            keepalive_expiry=limits.read_timeout,
            network_backend=CheckedBackend(access),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def fetch(self, url: str) -> Fetched:
        """The picture at a canonical URL, with patience for servers in trouble.

        Raises:
            PictureError: it cannot be had.
        """
        tried = 0
        while True:
            tried += 1
            try:
                return await self._follow(url)
            except TransientError as error:
                wait = self._retries.wait(tried, error.wait)
                if wait is None:
                    raise
                await anyio.sleep(wait)

    async def _follow(self, url: str) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            found = await self._ask(url)
            if isinstance(found, Fetched):
                return found
            url = found
        raise PictureError(Reason.TOO_MANY_REDIRECTS, f"More than {MAX_REDIRECTS} redirects")

    async def _ask(self, url: str) -> Fetched | str:
        """The picture at a URL, or the URL that it redirects to."""
        kept = self._cache.get(url) if self._cache else None
        if kept and kept.fresh:
            return Fetched(kept.data, kept.sha256, url)
        with network_errors():
            async with self._pool.stream(
                "GET",
                url,
                headers=_request_headers(url, kept),
                extensions={"timeout": self._timeouts()},
            ) as response:
                return await self._answer(url, kept, response)

    async def _answer(
        self, url: str, kept: Kept | None, response: httpcore2.Response
    ) -> Fetched | str:
        headers = headers_of(response)
        if response.status == 304 and kept and self._cache:
            await response.aread()  # nothing follows, and the connection stays usable
            self._cache.renew(url, headers)
            return Fetched(kept.data, kept.sha256, url)
        if response.status in REDIRECTS and "location" in headers:
            return redirected(url, headers["location"])
        if response.status != 200:
            raise refusal(response.status, headers)
        data = await self._body(response, headers)
        if self._cache:
            self._cache.put(url, data, headers)
        return Fetched(data, hashlib.sha256(data).hexdigest(), url)

    async def _body(self, response: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
        if (encoding := headers.get("content-encoding", "identity")).lower() != "identity":
            problem = f"The server sent it encoded as {encoding} though asked not to"
            raise PictureError(Reason.ENCODED, problem)
        data = bytearray()
        self._check_size(int(headers.get("content-length", 0)))
        async for chunk in response.aiter_stream():
            data += chunk
            self._check_size(len(data))
        return bytes(data)

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_bytes:
            problem = f"It is larger than {self._limits.max_bytes:,} bytes"
            raise PictureError(Reason.TOO_LARGE, problem)

    def _timeouts(self) -> dict[str, float]:
        read = self._limits.read_timeout
        return {"connect": self._limits.connect_timeout, "read": read, "write": read}


def _request_headers(url: str, kept: Kept | None) -> list[tuple[str, str]]:
    conditions = kept.conditions() if kept else {}
    return [("host", urlsplit(url).netloc), *HEADERS.items(), *conditions.items()]
