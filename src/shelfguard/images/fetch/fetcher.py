"""Fetch the pictures of listings: many at once, from where an operator allows."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import anyio

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.fetch.cache import PictureCache
from shelfguard.images.fetch.limits import Limits
from shelfguard.images.fetch.local import read_local
from shelfguard.images.fetch.retries import Retries
from shelfguard.images.fetch.urls import canonical
from shelfguard.images.fetch.web import Web
from shelfguard.images.outcome import Failure, Fetched, PictureError, Reason

SCHEME = re.compile(r"[a-z][a-z0-9+.-]+(?=:)", re.IGNORECASE)

PUBLIC_ONLY = Access()
USUAL_LIMITS = Limits()
USUAL_RETRIES = Retries()


T = TypeVar("T")


class Fetcher:
    """Fetches pictures by reference; use it in a `with` block, in one thread at a time.

    Whoever cannot close it may leave it open: its thread does not keep a process from ending.

    `roots` are the folders that local pictures may lie in, such as the feed's own; without any,
    only pictures on the web are fetched.
    """

    def __init__(
        self,
        roots: Sequence[Path] = (),
        *,
        access: Access = PUBLIC_ONLY,
        limits: Limits = USUAL_LIMITS,
        retries: Retries = USUAL_RETRIES,
        cache: PictureCache | None = None,
    ) -> None:
        self._roots, self._access, self._limits = roots, access, limits
        self._retries, self._cache = retries, cache

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._web = self._call(self._open_web())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._call(self._web.close())
        self._call(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def fetch(self, uris: Iterable[str]) -> list[Fetched | Failure]:
        """What each reference leads to, in their order; a picture named twice is fetched once.

        A reference is a path, a `file:` URL or an http(s) URL, whose scheme may be left out
        ("//cdn.example.org/1.jpg"). Never raises for a reference. All bytes are in memory at once.
        """
        wanted = list(uris)
        found = self._call(self._fetch_all(list(dict.fromkeys(wanted))))
        return [found[uri] for uri in wanted]

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open_web(self) -> Web:
        # A look-up blocks a thread: one slow name server must not hold up all other hosts.
        executor = ThreadPoolExecutor(self._limits.at_once)
        asyncio.get_running_loop().set_default_executor(executor)
        return Web(self._access, self._limits, self._retries, self._cache)

    async def _fetch_all(self, uris: Sequence[str]) -> Mapping[str, Fetched | Failure]:
        found: dict[str, Fetched | Failure] = {}
        everywhere = anyio.CapacityLimiter(self._limits.at_once)
        hosts: defaultdict[str, anyio.CapacityLimiter] = defaultdict(
            lambda: anyio.CapacityLimiter(self._limits.at_once_per_host)
        )

        async def settle(uri: str) -> None:
            try:
                if url := _web_url(uri):
                    async with hosts[urlsplit(url).netloc], everywhere:
                        found[uri] = await self._fetch_web(url)
                else:
                    found[uri] = read_local(uri, self._roots, self._limits.max_bytes)
            except Exception as error:  # one picture must not end the batch
                found[uri] = _failure(error)

        async with anyio.create_task_group() as tasks:
            for uri in uris:
                tasks.start_soon(settle, uri)
        return found

    async def _fetch_web(self, url: str) -> Fetched:
        try:
            with anyio.fail_after(self._limits.deadline):
                return await self._web.fetch(url)
        except TimeoutError as error:
            problem = f"It did not arrive within {self._limits.deadline:g} seconds"
            raise PictureError(Reason.TIMEOUT, problem) from error


def _web_url(uri: str) -> str | None:
    """The URL to request, or None where the reference is to a local file."""
    if uri.startswith("//"):
        return canonical(f"https:{uri}")
    scheme = SCHEME.match(uri.lstrip())
    return canonical(uri) if scheme and scheme[0].lower() != "file" else None


def _failure(error: Exception) -> Failure:
    if isinstance(error, PictureError):
        return error.failure
    return Failure(Reason.UNEXPECTED, f"{type(error).__name__}: {error}")
