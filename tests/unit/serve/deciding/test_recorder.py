"""Everything that was kept and answered is told of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from shelfguard.serve.deciding.batch import as_batch, sent
from shelfguard.serve.deciding.job import Answer, Caller, Job, TooLate
from shelfguard.serve.deciding.recorder import Recorder
from shelfguard.serve.ledger import NoLedger
from tests.unit.serve.deciding.quick_engine import generation


class Prompt:
    """A loop that is quicker than whoever calls it."""

    def call_soon_threadsafe(self, call: Callable[..., Any], *arguments: Any) -> None:
        call(*arguments)


def decided(title: str, future: asyncio.Future[Answer]) -> Job:
    loop = cast("asyncio.AbstractEventLoop", Prompt())
    listing = sent({"id": title, "title": title}, 1)
    job, of = Job([listing], 60.0, Caller("ann", "request-1"), loop, future), generation()
    decisions = of.quick.run(as_batch([listing]))
    job.decided, job.probabilities, job.decided_by = decisions.table, decisions.probabilities, of
    return job


def recorded(*, late: bool) -> list[str]:
    """The listings that were told of, of two; one was `late` meanwhile."""
    told: list[str] = []

    def hear(answered: Sequence[tuple[Job, Answer]]) -> None:
        told.extend(answer.table["listing_id"][0].as_py() for _, answer in answered)

    class Slow(NoLedger):
        def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
            if late:
                answered[0][0].future.set_exception(TooLate())

    async def record() -> None:
        futures = [asyncio.get_running_loop().create_future() for _ in range(2)]
        jobs = map(decided, ("chair", "knife"), futures)
        Recorder(Slow(), hear).record(list(jobs))
        await asyncio.gather(*futures, return_exceptions=True)

    asyncio.run(record())
    return told


def test_what_is_answered_at_once_is_told_of_too() -> None:
    assert recorded(late=False) == ["chair", "knife"]


def test_what_its_client_was_told_is_late_is_not() -> None:
    assert recorded(late=True) == ["knife"]
