"""A thread that does what waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from shelfguard.serve.deciding.cost_model import CostModel
from shelfguard.serve.deciding.lane import Lane
from tests.waiting import wait_until


@dataclass(eq=False)
class Piece:
    """Some rows with a name."""

    name: str
    rows: int = 1
    deadline: float = 0.0
    failures: list[Exception] = field(default_factory=list)

    def fail(self, error: Exception) -> None:
        self.failures.append(error)


class Gate:
    """Work that waits until it may go on, and remembers what it did together."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.done: list[list[str]] = []

    def __call__(self, pieces: Sequence[Piece]) -> None:
        assert self.open.wait(60)
        self.done.append([piece.name for piece in pieces])


@contextmanager
def lane(
    work: Callable[[Sequence[Piece]], None], at_once: int = 4, window: float = 0.0
) -> Iterator[Lane[Piece]]:
    cost = CostModel(0.001, 0.01)
    running = Lane[Piece]("test", work, cost, at_once=at_once, window=window)
    running.start()
    yield running
    running.stop()


def test_what_waits_is_done_together_up_to_a_limit_and_the_most_urgent_first() -> None:
    gate = Gate()
    with lane(gate) as running:
        running.put(Piece("first"))
        wait_until(lambda: running.waiting == 0)  # it is being done
        running.put(Piece("late", deadline=9.0))
        running.put(Piece("three", rows=3, deadline=2.0))
        running.put(Piece("soon", deadline=1.0))
        assert running.waiting == 5
        gate.open.set()
    assert gate.done == [["first"], ["soon", "three"], ["late"]]


def test_what_is_put_in_together_is_done_together() -> None:
    gate = Gate()
    gate.open.set()
    with lane(gate) as running:
        running.put(Piece("first"), Piece("second"))
    assert gate.done == [["first", "second"]]


def test_the_wait_for_company_counts_from_when_the_first_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, ahead = time.monotonic, 0.0
    monkeypatch.setattr("shelfguard.serve.deciding.lane.time.monotonic", lambda: clock() + ahead)
    gate = Gate()
    with lane(gate, at_once=2, window=3600) as running:
        running.put(
            Piece("first"), Piece("second")
        )  # as many as go together, so none is waited for
        wait_until(lambda: running.waiting == 0)
        running.put(Piece("third"))
        ahead = 3600.0  # later, when the two are done
        gate.open.set()
        wait_until(lambda: len(gate.done) == 2)
    assert gate.done == [["first", "second"], ["third"]]


def test_a_piece_larger_than_the_limit_goes_alone() -> None:
    gate = Gate()
    with lane(gate) as running:
        running.put(Piece("first"))
        wait_until(lambda: running.waiting == 0)
        running.put(Piece("large", rows=9, deadline=1.0))
        running.put(Piece("small", deadline=2.0))
        gate.open.set()
    assert gate.done == [["first"], ["large"], ["small"]]


def test_stopping_finishes_what_was_put_in() -> None:
    gate = Gate()
    gate.open.set()
    with lane(gate, at_once=1) as running:
        for number in range(20):
            running.put(Piece(str(number)))
    assert gate.done == [[str(number)] for number in range(20)]


def test_work_that_fails_is_told_to_whoever_waits_and_the_lane_goes_on() -> None:
    def work(pieces: Sequence[Piece]) -> None:
        if pieces[0].name == "bad":
            raise RuntimeError("out of memory")

    bad, good = Piece("bad"), Piece("good")
    with lane(work) as running:
        running.put(bad)
        wait_until(lambda: bool(bad.failures))
        running.put(good)
    assert str(bad.failures[0]) == "out of memory"
    assert not good.failures


def test_the_wait_grows_with_what_is_as_urgent() -> None:
    gate = Gate()
    with lane(gate) as running:
        before = running.wait_for(1, deadline=0)
        running.put(Piece("first"))
        running.put(Piece("more", rows=100))
        wait_until(lambda: running.waiting == 100)
        assert running.wait_for(1, deadline=0) > before + 100 * 0.01
        gate.open.set()
    assert running.wait_for(1, deadline=0) == pytest.approx(running.cost.seconds(1, 4))


def test_what_may_wait_longer_delays_nobody() -> None:
    gate = Gate()
    with lane(gate) as running:
        running.put(Piece("first"))
        wait_until(lambda: running.waiting == 0)
        alone = running.cost.seconds(1 + 1, 4)
        running.put(Piece("a whole catalog", rows=100, deadline=60))
        assert running.wait_for(1, deadline=1) <= alone + running.cost.start
        assert running.wait_for(1, deadline=60) > 100 * 0.01
        gate.open.set()
