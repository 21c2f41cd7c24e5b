"""Answers that were given before, so that the same listing is not decided twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Protocol

CAPACITY = 10_000
"""Answers that are kept in a process."""

TTL_S = 24 * 60 * 60
"""How long Redis keeps an answer."""


class Cache(Protocol):
    """Keeps bytes under keys that are digests of all that the bytes depend on."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """What is kept under each key, None where nothing is."""
        ...

    async def put_many(self, values: Mapping[str, bytes]) -> None:
        """Keep these for a while."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


class MemoryCache:
    """The answers that this process used last."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._values: OrderedDict[str, bytes] = OrderedDict()

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        for key in keys:
            if key in self._values:
                self._values.move_to_end(key)
        return [self._values.get(key) for key in keys]

    async def put_many(self, values: Mapping[str, bytes]) -> None:
        for key, value in values.items():
            self._values[key] = value
            self._values.move_to_end(key)
        while len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def close(self) -> None:
        self._values.clear()


def cache(redis_url: str | None = None, ttl_s: int = TTL_S) -> Cache:
    """A cache that all servers share, in Redis, or one of this process alone.

    Raises:
        StoreError: the URL is none of Redis, or the package redis is not installed.
    """
    if redis_url is None:
        return MemoryCache()
    from shelfguard.store.redis_address import checked

    address = checked(redis_url)
    from shelfguard.store.redis_cache import RedisCache

    return RedisCache(address, ttl_s)
