"""What the server counts and times, for Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from shelfguard.decision import Decisions
from shelfguard.serve.deciding.job import Answer, Job
from shelfguard.serve.shared_measures import Share

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

LOOK_SECONDS = 1.0
"""How old what another process shows of the queues may be."""


class Measures:
    """The metrics of one server, in a registry of their own; shared where it has processes."""

    def __init__(self, share: Share | None = None) -> None:
        self.share = share
        if share:
            share.begin()
        self.registry = CollectorRegistry()
        counter = partial(Counter, registry=self.registry)
        histogram = partial(Histogram, registry=self.registry)
        self.requests = counter(
            "shelfguard_requests", "Requests by route and status", ["route", "status"]
        )
        self.seconds = histogram(
            "shelfguard_request_seconds", "Time to answer", ["route"], buckets=SECONDS
        )
        self.decisions = counter("shelfguard_decisions", "Decisions by outcome", ["outcome"])
        self.degraded = counter("shelfguard_degraded", "Decisions that some stage had no part in")
        self.stages = counter("shelfguard_stage_seconds", "Time by stage", ["stage"])
        self.batches = histogram("shelfguard_batch_rows", "Listings decided together", buckets=ROWS)
        self.refused = counter("shelfguard_refused", "Requests that were not let in", ["why"])
        self.missed = counter(
            "shelfguard_shadow_missed",
            "Requests that the challenger had no time for, or failed at",
        )
        self.background = counter(
            "shelfguard_background_failures",
            "Failures of work beside the requests, each of which begins anew",
            ["work"],
        )
        self.windows = counter(
            "shelfguard_triton_windows",
            "Windows of texts by model and by who judged them: triton, or local in its place",
            ["model", "judge"],
        )
        self.failures = counter(
            "shelfguard_triton_failures", "Calls to Triton that failed, by model", ["model"]
        )
        self.waiting = Gauge(
            "shelfguard_waiting_rows",
            "Listings that wait",
            ["lane"],
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self._queues: Callable[[], dict[str, int]] = dict

    def seen(self, decisions: Decisions) -> None:
        """Count a batch that an engine has decided."""
        self.batches.observe(decisions.table.num_rows)
        for stage, seconds in decisions.seconds.items():
            self.stages.labels(stage).inc(seconds)

    def told(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Count what was answered."""
        for _, answer in answered:
            for outcome in answer.table.column("outcome").to_pylist():
                self.decisions.labels(outcome).inc()
            for degraded in answer.table.column("degraded").to_pylist():
                self.degraded.inc(bool(degraded))

    def failed(self, work: str) -> None:
        """Count a failure of work beside the requests."""
        self.background.labels(work).inc()

    def judged(self, model: str, what: str) -> None:
        """Count a window that `triton` or `local` judged, or a call that `failed`."""
        if what == "failed":
            self.failures.labels(model).inc()
        else:
            self.windows.labels(model, what).inc()

    def watch(self, queues: Callable[[], dict[str, int]]) -> None:
        """Show how many listings wait in each lane, whenever somebody looks."""
        self._queues = queues

    async def keep_looking(self) -> None:
        """Look at the queues for whoever asks another process, until cancelled."""
        while True:
            self._look()
            await asyncio.sleep(LOOK_SECONDS)

    def shown(self) -> bytes:
        """All of it, of all processes, as Prometheus reads it."""
        self._look()
        return generate_latest(self.share.all() if self.share else self.registry)

    def _look(self) -> None:
        for lane, rows in self._queues().items():
            self.waiting.labels(lane).set(rows)
