"""Redis that fails is left alone for a while."""

from __future__ import annotations

import asyncio
import logging

import pytest

pytest.importorskip("redis", reason="redis is not installed: shelfguard[serve]")

from shelfguard.store.redis_circuit import Circuit

ASKED: list[str] = []


async def works() -> str:
    ASKED.append("works")
    return "answer"


async def fails() -> str:
    ASKED.append("fails")
    raise ConnectionError


async def hangs() -> str:
    await asyncio.Event().wait()
    return "never"


def test_an_answer_is_given_on() -> None:
    assert asyncio.run(Circuit("").ask(works)) == "answer"


def test_a_question_that_hangs_has_no_answer() -> None:
    assert asyncio.run(Circuit("", timeout_s=0.01).ask(hangs)) is None


def test_after_a_failure_nothing_is_asked_until_the_pause_is_over() -> None:
    async def session() -> list[str | None]:
        circuit = Circuit("", pause_s=60)
        return [await circuit.ask(each) for each in (fails, works, works)]

    ASKED.clear()
    assert asyncio.run(session()) == [None, None, None]
    assert ASKED == ["fails"]


def test_it_is_told_when_redis_goes_and_when_it_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session() -> list[str | None]:
        circuit = Circuit("counting alone", pause_s=0)
        return [await circuit.ask(each) for each in (fails, fails, works, works)]

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(session()) == [None, None, "answer", "answer"]
    assert caplog.messages == [
        "Redis does not answer (ConnectionError): counting alone",
        "Redis answers again",
    ]


def test_while_one_question_probes_the_others_do_not_wait() -> None:
    async def session() -> list[str | None]:
        circuit = Circuit("", timeout_s=0.05, pause_s=0.1)
        await circuit.ask(fails)
        await asyncio.sleep(0.15)
        return list(await asyncio.gather(circuit.ask(hangs), *(circuit.ask(works) for _ in "123")))

    ASKED.clear()
    assert asyncio.run(session()) == [None] * 4
    assert ASKED == ["fails"]
