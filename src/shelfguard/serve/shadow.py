"""A challenger beside the champion, off the hot path: where would it decide otherwise?"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Engine as Store

from shelfguard.engine import Engine
from shelfguard.engine.judging import LEFT_OUT
from shelfguard.errors import StoreError
from shelfguard.listing import Batch, table_from_bytes, table_to_bytes
from shelfguard.serve.deciding.job import Answer, Job
from shelfguard.store import shadow as store
from shelfguard.store.database import writing

log = logging.getLogger(__name__)

MOST_WAITING = 256
"""Requests that may wait for the challenger; what comes while it is further behind, it misses."""

NICENESS = 15

COMPARED = ("outcome", "reasons")

Row = dict[str, Any]
Build = Callable[[], Engine]


class Pair(NamedTuple):
    """Listings, and the champion's decisions on them."""

    batch: Batch
    decided: pa.Table


class Shadow:
    """Hands what the champion decided to a process that holds the challenger."""

    def __init__(
        self, build: Build, challenger: str, into: Store, missed: Callable[[], None]
    ) -> None:
        self.challenger, self._store, self._missed = challenger, into, missed
        self._waiting: queue.Queue[Pair] = queue.Queue(MOST_WAITING)
        self._build = build

    def offer(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Have these decided again, unless the challenger is too far behind; never waits."""
        for job, answer in answered:
            try:
                self._waiting.put_nowait(Pair(job.batch, answer.table))
            except queue.Full:
                self._missed()

    async def run(self) -> None:
        """Compare and keep the differences, until cancelled.

        Raises:
            Exception: the challenger failed, or its process died; run again for another process.
        """
        context = multiprocessing.get_context("spawn")
        process = ProcessPoolExecutor(1, context, _start, (self._build,))
        try:
            while True:
                pair = await asyncio.to_thread(self._next)
                if pair is not None:
                    await self._compare(pair, process)
        finally:
            process.shutdown(wait=False, cancel_futures=True)

    def _next(self) -> Pair | None:
        try:
            return self._waiting.get(timeout=0.5)
        except queue.Empty:
            return None

    async def _compare(self, pair: Pair, process: Executor) -> None:
        try:
            deciding = process.submit(_decide, table_to_bytes(pair.batch.table))
            theirs = table_from_bytes(await asyncio.wrap_future(deciding))
        except Exception:
            self._missed()
            raise
        found = list(differences(pair.decided, theirs, self.challenger))
        try:
            await asyncio.to_thread(self._keep, found)
        except StoreError as error:
            log.warning("differences of the challenger were not kept: %s", error)

    def _keep(self, found: Sequence[store.Difference]) -> None:
        if found:
            with writing(self._store) as connection:
                store.add(connection, found)


def differences(champion: pa.Table, challenger: pa.Table, name: str) -> Iterator[store.Difference]:
    """The rows whose outcome, or whose clauses and their outcomes, are not the same.

    What the champion answered without one of its stages is not compared.
    """
    ours, theirs = champion.to_pylist(), challenger.select(COMPARED).to_pylist()
    for one, other in zip(ours, theirs, strict=True):
        incomplete = any(reason.endswith(LEFT_OUT) for reason in one["degraded"])
        if incomplete or _told(one) == _told(other):
            continue
        both = {"champion": one["reasons"], "challenger": other["reasons"]}
        yield store.Difference(
            decision_id=one["id"],
            listing_id=one["listing_id"],
            challenger=name,
            champion_outcome=one["outcome"],
            challenger_outcome=other["outcome"],
            body=json.dumps(both, ensure_ascii=False),
            seen_at=datetime.now(UTC),
        )


def _told(decision: Row) -> tuple[str, frozenset[tuple[str, str]]]:
    reasons = frozenset((reason["clause"], reason["outcome"]) for reason in decision["reasons"])
    return decision["outcome"], reasons


_engine: Engine | None = None
"""The challenger, in the process that holds it."""


def _start(build: Build) -> None:
    global _engine
    os.nice(NICENESS)
    _engine = build()


def _decide(listings: bytes) -> bytes:
    assert _engine
    return table_to_bytes(_engine.run(Batch(table_from_bytes(listings))).table.select(COMPARED))
