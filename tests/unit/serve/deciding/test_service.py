"""From requests to answers: together, in time, kept before they are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from shelfguard.errors import StoreError
from shelfguard.serve.deciding.batch import Sent, sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer, Caller, Job, TooLate, Unfit
from shelfguard.serve.deciding.lanes import Pace
from shelfguard.serve.deciding.service import Busy, DecisionService
from tests.unit.serve.deciding.quick_engine import HeldEngine, generation

CALLER = Caller("ann", "request-1")
PLENTY = 60.0


@dataclass
class Ledger:
    """Remembers what it kept, or cannot keep anything."""

    broken: bool = False
    kept: list[list[str]] = field(default_factory=list)

    def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        if self.broken:
            raise StoreError("the disk is full")
        self.kept += [answer.table["listing_id"].to_pylist() for _, answer in answered]


@asynccontextmanager
async def serving(
    of: Generation, ledger: Ledger | None = None, **pace: object
) -> AsyncIterator[DecisionService]:
    running = DecisionService(
        of,
        ledger or Ledger(),
        Pace(window=0.0, **pace),  # type: ignore[arg-type]
        seen=lambda _: None,
        told=lambda _: None,
    )
    running.start()
    try:
        yield running
    finally:
        quick(of).may_go.set()
        thorough(of).may_go.set()
        await asyncio.to_thread(running.stop)


def quick(of: Generation) -> HeldEngine:
    return cast("HeldEngine", of.quick)


def thorough(of: Generation) -> HeldEngine:
    return cast("HeldEngine", of.thorough)


def listings(*titles: str) -> list[Sent]:
    return [
        sent({"id": f"{title}-{place}", "title": title}, place)
        for place, title in enumerate(titles)
    ]


def ask(service: DecisionService, *titles: str, seconds: float = PLENTY) -> asyncio.Task[Answer]:
    return asyncio.create_task(service.decide(listings(*titles), seconds, CALLER))


def outcomes(answer: Answer) -> list[str]:
    return [json.loads(decision)["outcome"] for decision in answer.decisions]


async def until(holds: object) -> None:
    """Let other tasks and threads go on until something holds."""
    assert callable(holds)
    for _ in range(6000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing changed in a minute")


def test_listings_are_answered_in_their_order() -> None:
    async def run() -> Answer:
        async with serving(generation()) as service:
            return await service.decide(listings("knife", "chair", "maybe"), PLENTY, CALLER)

    answer = asyncio.run(run())
    assert outcomes(answer) == ["block", "allow", "review"]
    assert [json.loads(d)["degraded"] for d in answer.decisions] == [[], [], []]


def test_requests_that_wait_are_decided_together() -> None:
    held = generation(held=True)

    async def run() -> None:
        async with serving(held) as service:
            asked = [ask(service, "chair")]
            await until(lambda: quick(held).begun)
            asked += [ask(service, "chair") for _ in range(5)]
            await until(lambda: service.lanes.quick.waiting == 5)
            quick(held).may_go.set()
            await asyncio.gather(*asked)

    asyncio.run(run())
    assert [len(ids) for ids in quick(held).decided] == [1, 5]


def test_only_what_the_quick_look_leaves_open_is_read_closely() -> None:
    of = generation()

    async def run() -> None:
        async with serving(of) as service:
            await service.decide(listings("chair", "maybe", "knife"), PLENTY, CALLER)

    asyncio.run(run())
    assert thorough(of).decided == [["maybe-1"]]


def test_without_time_for_a_closer_look_the_answer_says_so() -> None:
    async def run() -> Answer:
        async with serving(generation()) as service:
            service.lanes.thorough.cost.start = 1000.0
            return await service.decide(listings("maybe"), PLENTY, CALLER)

    (decision,) = asyncio.run(run()).decisions
    assert json.loads(decision)["outcome"] == "review"
    assert json.loads(decision)["degraded"] == ["encoder: left out"]


def test_an_answer_goes_without_a_closer_look_that_takes_too_long() -> None:
    of = generation()
    thorough(of).may_go.clear()

    async def run() -> tuple[Answer, int]:
        async with serving(of) as service:
            answer = await service.decide(listings("chair", "maybe"), 2.0, CALLER)
            return answer, thorough(of).begun

    answer, begun = asyncio.run(run())
    assert begun, "the closer look was under way"
    assert [json.loads(d)["degraded"] for d in answer.decisions] == [[], ["encoder: left out"]]


def test_a_closer_look_that_comes_too_late_changes_nothing() -> None:
    of, ledger = generation(), Ledger()
    thorough(of).may_go.clear()

    async def run() -> None:
        async with serving(of, ledger) as service:
            await service.decide(listings("maybe"), 2.0, CALLER)

    asyncio.run(run())
    assert thorough(of).decided == [["maybe-0"]], "it did come"
    assert ledger.kept == [["maybe-0"]], "and was not kept again"


def test_a_stage_that_must_not_be_left_out_is_waited_for_until_the_deadline() -> None:
    of = generation()
    thorough(of).may_go.clear()

    async def run() -> None:
        async with serving(of, may_leave_out=frozenset()) as service:
            await service.decide(listings("maybe"), 1.0, CALLER)

    with pytest.raises(TooLate):
        asyncio.run(run())


def test_a_stage_that_must_not_be_left_out_makes_the_answer_late_instead() -> None:
    async def run() -> None:
        async with serving(generation(), may_leave_out=frozenset()) as service:
            service.lanes.thorough.cost.start = 1000.0
            await service.decide(listings("maybe"), PLENTY, CALLER)

    with pytest.raises(TooLate):
        asyncio.run(run())


def test_a_request_that_cannot_be_answered_in_time_is_not_let_in() -> None:
    async def run() -> None:
        async with serving(generation()) as service:
            service.lanes.quick.cost.start = 10.0
            await service.decide(listings("chair"), 2.5, CALLER)

    with pytest.raises(Busy) as refused:
        asyncio.run(run())
    assert refused.value.retry_after == 8


def test_a_request_whose_time_passes_is_told_so() -> None:
    held = generation(held=True)

    async def run() -> None:
        async with serving(held) as service:
            first = ask(service, "chair", seconds=0.2)
            with pytest.raises(TooLate):
                await first

    asyncio.run(run())


def test_one_that_cannot_be_read_does_not_harm_those_it_would_go_with() -> None:
    held = generation(held=True)
    good, bad = listings("chair"), listings("chair")
    bad[0].source["row"] = "seven"  # type: ignore[index]

    async def run() -> tuple[Answer | BaseException, ...]:
        async with serving(held) as service:
            first = ask(service, "knife")
            await until(lambda: quick(held).begun)
            both = [
                asyncio.create_task(service.decide(asked, PLENTY, CALLER)) for asked in (good, bad)
            ]
            await until(lambda: service.lanes.quick.waiting == 2)
            quick(held).may_go.set()
            return tuple(await asyncio.gather(first, *both, return_exceptions=True))

    _, fine, refused = asyncio.run(run())
    assert isinstance(fine, Answer)
    assert isinstance(refused, Unfit)
    assert list(refused.reasons) == [0]


def test_a_listing_that_no_engine_can_decide_fails_alone() -> None:
    of = generation(held=True)

    async def run() -> list[Answer | BaseException]:
        async with serving(of) as service:
            first = ask(service, "chair")
            await until(lambda: quick(of).begun)
            asked = [ask(service, title) for title in ("chair", "poison", "maybe", "poison chair")]
            await until(lambda: service.lanes.quick.waiting == 4)
            quick(of).may_go.set()
            return await asyncio.gather(first, *asked, return_exceptions=True)

    answers = asyncio.run(run())
    assert [type(answer) for answer in answers] == [
        *(Answer, Answer, RuntimeError, Answer, RuntimeError)
    ]


def test_a_listing_that_fails_when_read_closely_fails_alone() -> None:
    of = generation()
    thorough(of).may_go.clear()

    async def run() -> list[Answer | BaseException]:
        async with serving(of) as service:
            first = ask(service, "maybe")
            await until(lambda: thorough(of).begun)
            asked = [ask(service, title) for title in ("maybe", "maybe deep", "maybe")]
            await until(lambda: service.lanes.thorough.waiting == 3)
            thorough(of).may_go.set()
            return await asyncio.gather(first, *asked, return_exceptions=True)

    answers = asyncio.run(run())
    assert [type(answer) for answer in answers] == [Answer, Answer, RuntimeError, Answer]


def test_whoever_was_read_closely_with_one_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_back, of = Job.put_back, generation()

    def failing(job: Job, *decided: Any) -> None:
        if "torn" in job.listings[0].draft["title"]:
            raise MemoryError("no room for one more")
        put_back(job, *decided)

    monkeypatch.setattr(Job, "put_back", failing)

    async def run() -> list[Answer | BaseException]:
        async with serving(of) as service:
            thorough(of).may_go.clear()
            asked = [ask(service, "maybe")]
            await until(lambda: thorough(of).begun)
            asked += [ask(service, title) for title in ("maybe", "maybe torn")]
            await until(lambda: service.lanes.thorough.waiting == 2)
            thorough(of).may_go.set()
            return await asyncio.gather(*asked, return_exceptions=True)

    first, *others = asyncio.run(run())
    assert isinstance(first, Answer)
    assert all(isinstance(other, MemoryError) for other in others)


def test_nobody_is_told_what_could_not_be_kept() -> None:
    async def run() -> None:
        async with serving(generation(), Ledger(broken=True)) as service:
            await service.decide(listings("chair"), PLENTY, CALLER)

    with pytest.raises(StoreError):
        asyncio.run(run())


def test_stopping_answers_everything_that_was_let_in() -> None:
    held, ledger = generation(held=True), Ledger()

    async def run() -> list[Answer]:
        async with serving(held, ledger) as service:
            asked = [ask(service, "chair")]
            await until(lambda: quick(held).begun)
            asked += [ask(service, "maybe") for _ in range(20)]
            await until(lambda: service.lanes.quick.waiting == 20)
        return await asyncio.gather(*asked)

    answers = asyncio.run(run())
    assert [outcomes(answer) for answer in answers] == [["allow"], *[["review"]] * 20]
    assert len(ledger.kept) == 21


def test_a_swap_decides_what_comes_after_it_and_what_was_begun_is_finished_as_it_was() -> None:
    before, after = generation("before"), generation("after")
    thorough(before).may_go.clear()

    async def run() -> tuple[Answer, Answer]:
        async with serving(before) as service:
            begun = ask(service, "maybe")
            await until(lambda: quick(before).decided)
            service.swap(after)
            later = await service.decide(listings("chair"), PLENTY, CALLER)
            thorough(before).may_go.set()
            return await begun, later

    begun, later = asyncio.run(run())
    assert begun.generation is before
    assert outcomes(begun) == ["review"]
    assert later.generation is after
