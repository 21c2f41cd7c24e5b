"""Decisions on their way into the store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import Engine

from shelfguard.decision import Outcome
from shelfguard.serve.deciding.job import Answer, Job
from shelfguard.store import decisions
from shelfguard.store.database import writing
from shelfguard.store.deliveries import Delivery
from shelfguard.store.saved import Saved

KeepListings = Literal["flagged", "all", "none"]
"""Whose listings stay beside their decisions, so that these can be shown and made again."""

Events = Callable[[Saved], Sequence[Delivery]]
"""What is to be sent about a decision."""

LOOKED_UP = ("id", "listing_id", "content_hash", "pack", "models", "outcome", "mode", "stage")


class StoreLedger:
    """Keeps decisions in the database, with the cases they open and the events they cause."""

    def __init__(self, engine: Engine, keep: KeepListings, events: Events) -> None:
        self._engine, self._keep, self._events = engine, keep, events

    def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Write all in one transaction, which is on the disk when this returns.

        Raises:
            StoreError: the database cannot be reached; nothing was written.
        """
        if not answered:
            return
        rows = [saved for job, answer in answered for saved in self._rows(job, answer)]
        deliveries = [delivery for row in rows for delivery in self._events(row)]
        with writing(self._engine) as connection:
            decisions.add(connection, rows, deliveries)

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
