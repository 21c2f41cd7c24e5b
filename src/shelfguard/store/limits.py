"""How much each client may ask for in a time: Cloudflare's sliding window counter.

https://blog.cloudflare.com/counting-things-a-lot-of-different-things/
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shelfguard.errors import ServeError
from shelfguard.store.redis_address import checked


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on; what is left; and, where not, after how long to ask again."""

    allowed: bool
    remaining: int
    retry_after_s: float


class RateLimits:
    """One limit for each client, such as `600/minute`, in Redis for all servers or in memory.

    While Redis is down this process counts alone: each server then grants the whole limit.
    """

    def __init__(self, limit: str, redis_url: str | None = None) -> None:
        """Raises: ServeError for a limit that cannot be read, StoreError for such an address."""
        self._limit = _parsed(limit)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _Shared(checked(redis_url)) if redis_url else None

    @property
    def most(self) -> int:
        """The cost above which a request is never allowed, however long it waits."""
        return self._limit.amount

    async def allow(self, client: str, cost: int = 1) -> Verdict:
        """Count a request of this cost."""
        if self._shared:
            shared, limiter = self._shared.circuit, self._shared.limiter
            verdict = await shared.ask(lambda: self._count(limiter, client, cost))
            if verdict:
                return verdict
        return await self._count(self._own, client, cost)

    async def close(self) -> None:
        """Give back connections."""
        if self._shared:
            await self._shared.close()

    async def _count(
        self, limiter: SlidingWindowCounterRateLimiter, client: str, cost: int
    ) -> Verdict:
        allowed = await limiter.hit(self._limit, client, cost=cost)
        window = await limiter.get_window_stats(self._limit, client)
        if allowed:
            return Verdict(True, window.remaining, 0.0)
        # No limit sets free more than its amount in its time.
        share = (cost - window.remaining) / self._limit.amount
        wait = max(window.reset_time - time.time(), share * self._limit.get_expiry(), 0.001)
        return Verdict(False, window.remaining, wait)


class _Shared:
    """The counter in Redis, and what keeps requests from waiting for it."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import ConnectionPool

        from shelfguard.store.redis_circuit import Circuit

        self._pool = ConnectionPool.from_url(url)
        storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            key_prefix="shelfguard",
            connection_pool=self._pool,  # type: ignore[arg-type]  # as its documentation says
        )
        self.limiter = SlidingWindowCounterRateLimiter(storage)
        self.circuit = Circuit("this server counts requests on its own")

    async def close(self) -> None:
        await self._pool.disconnect()


def _parsed(limit: str) -> RateLimitItem:
    try:
        (item,) = parse_many(limit)
    except ValueError as error:
        raise _unreadable(limit) from error
    if item.amount == 0:
        raise _unreadable(limit)
    return item


def _unreadable(limit: str) -> ServeError:
    return ServeError(
        f"'{limit}' is no rate limit", fix="Write a number a time: 600/minute, or 20 per 5 second."
    )
