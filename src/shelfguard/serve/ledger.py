"""Decisions on their way into the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Engine

from shelfguard.decision import Outcome
from shelfguard.serve.deciding.job import Answer, Job, TooLate
from shelfguard.store import decisions
from shelfguard.store.database import writing
from shelfguard.store.deliveries import Delivery
from shelfguard.store.idempotency import finish
from shelfguard.store.saved import Saved

KeepListings = Literal["flagged", "all", "none"]
"""Whose listings stay beside their decisions, so that these can be shown and made again."""

Events = Callable[[Saved], Sequence[Delivery]]
"""What is to be sent about a decision."""

LOOKED_UP = ("id", "listing_id", "content_hash", "pack", "models", "outcome", "mode", "stage")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is written of one job; `response` is for its idempotency key."""

    job: Job
    rows: list[Saved]
    deliveries: list[Delivery]
    response: str

    def claimed(self, connection: Connection) -> bool:
        """Whether its client still waits; if so, its answer is kept under its key."""
        if self.job.future.done():
            return False
        once = self.job.caller.once
        claimed = once is None or finish(connection, once.request, self.response)
        if not claimed:
            self.job.fail(TooLate())
        return claimed


class StoreLedger:
    """Keeps decisions in the database, with the cases they open and the events they cause."""

    def __init__(self, engine: Engine, keep: KeepListings, events: Events) -> None:
        self._engine, self._keep, self._events = engine, keep, events

    def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Write all in one transaction, which is on the disk when this returns.

        What a client was told came too late is left out: the store's lock may have taken long.

        Raises:
            StoreError: the database cannot be reached; nothing was written.
        """
        if not answered:
            return
        entries = [self._entry(job, answer) for job, answer in answered]
        with writing(self._engine) as connection:
            claimed = [entry for entry in entries if entry.claimed(connection)]
            rows = [row for entry in claimed for row in entry.rows]
            deliveries = [delivery for entry in claimed for delivery in entry.deliveries]
            decisions.add(connection, rows, deliveries)

    def _entry(self, job: Job, answer: Answer) -> _Entry:
        rows = list(self._rows(job, answer))
        deliveries = [delivery for row in rows for delivery in self._events(row)]
        once = job.caller.once
        return _Entry(job, rows, deliveries, once.response(answer) if once else "")

    def _rows(self, job: Job, answer: Answer) -> Iterator[Saved]:
        columns = [*LOOKED_UP, "decided_at", "degraded", "reasons"]
        looked_up = answer.table.select(columns).to_pylist()
        for place, (row, body) in enumerate(zip(looked_up, answer.decisions, strict=True)):
            yield Saved.of(
                row,
                body.decode(),
                client=job.caller.client,
                request_id=job.caller.request_id,
                listing=self._listing(job, place, row),
            )

    def _listing(self, job: Job, place: int, decision: dict[str, Any]) -> str | None:
        passed = decision["outcome"] == Outcome.ALLOW.value
        if self._keep == "none" or (self._keep == "flagged" and passed):
            return None
        record = job.batch.slice(place, 1).records()[0]
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


class NoLedger:
    """Forgets decisions once they are answered: a server without a store."""

    def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Nothing to do."""
