"""Answers that were given before, in this process and in a real Redis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from shelfguard.errors import StoreError
from shelfguard.store.cache import Cache, MemoryCache, cache
from tests.servers.processes import free_ports
from tests.servers.redis import redis_server


@pytest.fixture(params=["memory", "redis"])
def answers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cache]:
    if request.param == "memory":
        yield cache()
        return
    with redis_server(tmp_path) as url:
        yield cache(url)


def test_what_was_put_is_got(answers: Cache) -> None:
    async def session() -> list[bytes | None]:
        await answers.put_many({"a": b"1", "b": b"\0\xff"})
        await answers.put_many({})
        found = await answers.get_many(["b", "none", "a"])
        assert await answers.get_many([]) == []
        await answers.close()
        return found

    assert asyncio.run(session()) == [b"\0\xff", None, b"1"]


def test_what_was_used_last_stays_in_the_process() -> None:
    async def session() -> list[bytes | None]:
        answers = MemoryCache(capacity=2)
        await answers.put_many({"a": b"1", "b": b"2"})
        await answers.get_many(["a"])
        await answers.put_many({"c": b"3"})
        return await answers.get_many(["a", "b", "c"])

    assert asyncio.run(session()) == [b"1", None, b"3"]


def test_servers_share_answers_until_they_expire(tmp_path: Path) -> None:
    async def session(url: str) -> bytes | None:
        one, other = cache(url, ttl_s=1), cache(url)
        await one.put_many({"a": b"1"})
        (found,) = await other.get_many(["a"])
        while await other.get_many(["a"]) != [None]:
            await asyncio.sleep(0.05)
        await one.close()
        await other.close()
        return found

    with redis_server(tmp_path) as url:
        assert asyncio.run(session(url)) == b"1"


def test_without_redis_nothing_is_kept_and_one_warning_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session(url: str) -> None:
        answers = cache(url)
        for _ in range(20):
            await answers.put_many({"a": b"1"})
            assert await answers.get_many(["a"]) == [None]
        await answers.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(session(f"redis://:hush@127.0.0.1:{free_ports(1)[0]}/0"))
    (warning,) = caplog.messages
    assert "every listing is decided anew" in warning
    assert "hush" not in caplog.text


@pytest.mark.parametrize("url", ["http://host/0", "redis://", "redis://host:port/0", "memory"])
def test_an_address_that_is_none_is_an_error_without_its_password(url: str) -> None:
    with pytest.raises(StoreError, match="redis://HOST:6379/0"):
        cache(url)
    with pytest.raises(StoreError) as caught:
        cache("postgresql://me:hush@host/db")
    assert "hush" not in str(caught.value)
