"""Answers in a Redis that all servers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from redis.asyncio import Redis

from shelfguard.store.redis_circuit import Circuit

_PREFIX = "shelfguard:answer:"


class RedisCache:
    """Redis being down, or slow, is the same as having nothing kept."""

    def __init__(self, url: str, ttl_s: int) -> None:
        self._redis = Redis.from_url(url)
        self._ttl_s = ttl_s
        self._circuit = Circuit("every listing is decided anew")

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        if not keys:
            return []
        names = [_PREFIX + key for key in keys]
        found = await self._circuit.ask(lambda: self._redis.mget(names))
        values = found or [None] * len(keys)
        return [value if isinstance(value, bytes) else None for value in values]

    async def put_many(self, values: Mapping[str, bytes]) -> None:
        if not values:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for key, value in values.items():
            pipeline.set(_PREFIX + key, value, ex=self._ttl_s)
        await self._circuit.ask(pipeline.execute)

    async def close(self) -> None:
        await self._redis.aclose()
