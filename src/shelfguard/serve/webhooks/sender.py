"""Sends what waits in the outbox, until it is taken or given up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Engine

from shelfguard.errors import StoreError
from shelfguard.serve.webhooks.attempt import Failure, attempt, client
from shelfguard.serve.webhooks.dead_letters import bury
from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.patience import Patience
from shelfguard.store.database import reading, writing
from shelfguard.store.deliveries import Delivery, due, remove, reschedule, waiting

log = logging.getLogger("shelfguard.webhooks")

CONCURRENCY = 8
"""Events under way to one endpoint."""

LOOK_SECONDS = 1.0
"""How often the outbox is looked at while nothing in it is due."""

Attempted = tuple[Delivery, Failure | None]
"""An event and, where the receiver did not take it, why."""

LEASE = timedelta(seconds=60)
"""How long an event stays claimed beyond its attempt, to note what came of it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Delivers at least once.

    An event leaves the outbox after it was taken, or stands in the file of dead letters; one whose
    sender was killed is sent again. Each endpoint has a queue of its own, so that a slow one holds
    up no other. Several processes may send from one store.
    """

    store: Engine
    endpoints: Sequence[Endpoint]
    dead_letters: Path
    patience: Patience = field(default_factory=Patience)

    async def run(self) -> None:
        """Send until cancelled; attempts that are under way then still come to their end."""
        await asyncio.to_thread(self._name_the_unknown)
        connections = CONCURRENCY * len(self.endpoints)
        seconds = self.patience.attempt.total_seconds()
        async with client(connections, seconds) as http, asyncio.TaskGroup() as queues:
            for endpoint in self.endpoints:
                queues.create_task(_Queue(self, http, endpoint).run())

    def claim(self, endpoint: Endpoint, limit: int) -> list[Delivery]:
        """Up to `limit` events that are due; none where the store is out of reach."""
        lease = self.patience.attempt + LEASE
        try:
            with writing(self.store) as connection:
                return due(connection, endpoint.name, datetime.now(UTC), limit, lease)
        except StoreError as error:
            log.error("the outbox is out of reach: %s", error)
            return []

    def settle(self, attempted: Sequence[Attempted]) -> None:
        """Note what came of attempts: delivered, to be tried again, or given up.

        Raises:
            StoreError, OSError: it cannot be noted; the events will be claimed again.
        """
        later: list[tuple[str, datetime]] = []
        over: list[str] = []
        for delivery, failure in attempted:
            if failure and (again := self._again(delivery, failure)):
                later.append((delivery.id, again))
                continue
            if failure:
                self._give_up(delivery, failure.reason)
            over.append(delivery.id)
        with writing(self.store) as connection:
            remove(connection, over)
            for id_, again in later:
                reschedule(connection, id_, again)

    def _give_up(self, delivery: Delivery, reason: str) -> None:
        log.error("gave up on %s for %s: %s", delivery.id, delivery.endpoint, reason)
        bury(self.dead_letters, delivery, reason, datetime.now(UTC))

    def _again(self, delivery: Delivery, failure: Failure) -> datetime | None:
        if failure.final:
            return None
        return self.patience.next_attempt(delivery, datetime.now(UTC), failure.asked)

    def _name_the_unknown(self) -> None:
        """Say which events nobody will send, as their endpoint was taken out of the file."""
        try:
            with reading(self.store) as connection:
                names = waiting(connection).keys() - {each.name for each in self.endpoints}
        except StoreError as error:
            log.error("the outbox is out of reach: %s", error)
        else:
            for name in names:
                log.warning("events wait for '%s', which is no endpoint any more", name)


class _Queue:
    """The events of one endpoint on their way to it."""

    def __init__(self, sender: Sender, http: httpx.AsyncClient, endpoint: Endpoint) -> None:
        self._sender, self._http, self._endpoint = sender, http, endpoint
        self._quiet_until = datetime.now(UTC)

    async def run(self) -> None:
        under_way: set[asyncio.Task[Attempted]] = set()
        try:
            while True:
                for delivery in await self._claim(CONCURRENCY - len(under_way)):
                    under_way.add(asyncio.create_task(self._attempt(delivery)))
                done, under_way = await _first_done(under_way)
                await self._settle(done)
        finally:
            if under_way:
                await self._settle((await asyncio.wait(under_way))[0])

    async def _claim(self, room: int) -> list[Delivery]:
        if not room or datetime.now(UTC) < self._quiet_until:
            return []
        return await asyncio.to_thread(self._sender.claim, self._endpoint, room)

    async def _attempt(self, delivery: Delivery) -> Attempted:
        seconds = self._sender.patience.attempt.total_seconds()
        failure = await attempt(self._http, self._endpoint, delivery, seconds)
        if failure and failure.asked:
            self._leave_alone(failure.asked)
        return delivery, failure

    async def _settle(self, done: Iterable[asyncio.Task[Attempted]]) -> None:
        """What ended together is noted together: a receiver that is fast costs few commits."""
        attempted = [task.result() for task in done]
        if not attempted:
            return
        try:
            await asyncio.to_thread(self._sender.settle, attempted)
        except (StoreError, OSError) as error:
            log.error("what came of %d attempts cannot be noted: %s", len(attempted), error)

    def _leave_alone(self, seconds: float) -> None:
        longest = self._sender.patience.longest_wait
        wait = timedelta(seconds=min(seconds, longest.total_seconds()))
        self._quiet_until = max(self._quiet_until, datetime.now(UTC) + wait)


async def _first_done(
    tasks: set[asyncio.Task[Attempted]],
) -> tuple[set[asyncio.Task[Attempted]], set[asyncio.Task[Attempted]]]:
    """The tasks that are done and those that are not, as soon as one is or it is time to look."""
    if not tasks:
        await asyncio.sleep(LOOK_SECONDS)
        return set(), tasks
    return await asyncio.wait(tasks, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
