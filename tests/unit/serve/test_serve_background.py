"""Work beside the requests: a failure is told and does not end it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

import pytest

from shelfguard.serve.background import Background


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shelfguard.serve.background.PAUSE_SECONDS", 0.0)


class Work:
    """Fails a few times, then goes on until it is cancelled."""

    def __init__(self, failures: int) -> None:
        self.failures, self.at_work = failures, asyncio.Event()

    async def run(self) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("out of luck")
        self.at_work.set()
        await asyncio.Event().wait()


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    async with asyncio.timeout(30):
        await asyncio.gather(task, return_exceptions=True)


def test_work_that_fails_begins_anew_and_each_failure_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counted = Counter[str]()

    async def run() -> None:
        work = Work(failures=2)
        task = asyncio.create_task(
            Background("housekeeping", work.run).run(lambda name: counted.update([name]))
        )
        async with asyncio.timeout(30):
            await work.at_work.wait()
        await cancel(task)
        assert task.cancelled()

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert counted == {"housekeeping": 2}
    assert caplog.text.count("housekeeping failed") == 2
    assert "out of luck" in caplog.text


def test_what_fails_while_it_is_being_cancelled_does_not_begin_anew() -> None:
    counted = Counter[str]()

    async def run() -> None:
        started = asyncio.Event()

        async def work() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                raise RuntimeError("no time to tidy up")

        task = asyncio.create_task(
            Background("decision log", work).run(lambda name: counted.update([name]))
        )
        await started.wait()
        await cancel(task)

    asyncio.run(run())
    assert counted == {"decision log": 1}
