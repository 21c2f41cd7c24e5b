"""How much each client may ask for, counted in this process and in a real Redis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from shelfguard.errors import ServeError, StoreError
from shelfguard.store.limits import RateLimits, Verdict
from tests.servers.processes import free_ports
from tests.servers.redis import redis_server


@pytest.fixture(params=["memory", "redis"])
def redis_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | None]:
    if request.param == "memory":
        yield None
        return
    with redis_server(tmp_path) as url:
        yield url


def asked(limits: RateLimits, *requests: tuple[str, int]) -> list[Verdict]:
    async def session() -> list[Verdict]:
        verdicts = [await limits.allow(client, cost) for client, cost in requests]
        await limits.close()
        return verdicts

    return asyncio.run(session())


def test_each_client_may_ask_for_its_limit(redis_url: str | None) -> None:
    verdicts = asked(RateLimits("3/hour", redis_url), *[("a", 1)] * 4, ("b", 1))
    assert [verdict.allowed for verdict in verdicts] == [True, True, True, False, True]
    assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0, 2]


def test_who_is_refused_is_told_when_to_ask_again(redis_url: str | None) -> None:
    *_, refused = asked(RateLimits("10/hour", redis_url), ("a", 8), ("a", 5))
    assert not refused.allowed
    assert refused.remaining == 2
    assert 0.3 * 3600 <= refused.retry_after_s <= 3600


def test_a_refused_request_costs_nothing(redis_url: str | None) -> None:
    _, refused, allowed = asked(RateLimits("10/hour", redis_url), ("a", 8), ("a", 5), ("a", 2))
    assert (refused.allowed, allowed.allowed) == (False, True)


def test_a_request_may_cost_the_whole_limit_and_never_more(redis_url: str | None) -> None:
    limits = RateLimits("10/hour", redis_url)
    assert limits.most == 10
    dearer, whole, next_ = asked(limits, ("a", 500), ("a", 10), ("a", 1))
    assert (dearer.allowed, whole.allowed, next_.allowed) == (False, True, False)


def test_what_was_asked_long_ago_does_not_count(redis_url: str | None) -> None:
    async def session() -> None:
        limits = RateLimits("2/second", redis_url)
        assert (await limits.allow("a", 2)).allowed
        while not (await limits.allow("a")).allowed:
            await asyncio.sleep(0.05)
        await limits.close()

    asyncio.run(asyncio.wait_for(session(), 30))


def test_servers_count_together(tmp_path: Path) -> None:
    async def session(url: str) -> list[bool]:
        servers = [RateLimits("2/hour", url) for _ in range(3)]
        allowed = [(await server.allow("a")).allowed for server in servers]
        for server in servers:
            await server.close()
        return allowed

    with redis_server(tmp_path) as url:
        assert asyncio.run(session(url)) == [True, True, False]


def test_a_server_without_its_redis_counts_alone_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def session() -> list[bool]:
        (port,) = free_ports(1)
        with redis_server(tmp_path, port) as url:
            limits = RateLimits("2/hour", url)
            before = await limits.allow("a", 2)
        after = [(await limits.allow("a")).allowed for _ in range(3)]
        await limits.close()
        return [before.allowed, *after]

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(session()) == [True, True, True, False]
    (warning,) = caplog.messages
    assert "this server counts requests on its own" in warning


@pytest.mark.parametrize(
    "limit", ["", "many", "600", "600/fortnight", "0/minute", "-1/minute", "1/second; 5/minute"]
)
def test_a_limit_that_cannot_be_read_is_an_error(limit: str) -> None:
    with pytest.raises(ServeError, match="is no rate limit"):
        RateLimits(limit)


def test_an_address_that_is_none_of_redis_is_an_error() -> None:
    with pytest.raises(StoreError, match="no address of a Redis"):
        RateLimits("1/second", "memcached://host")
