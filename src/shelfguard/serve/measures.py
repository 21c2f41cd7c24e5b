"""What the server counts and times, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shelfguard.decision import Decisions
from shelfguard.serve.deciding.job import Answer, Job

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Measures:
    """The metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shelfguard_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "shelfguard_request_seconds",
            "Time to answer",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.decisions = Counter(
            "shelfguard_decisions", "Decisions by outcome", ["outcome"], registry=self.registry
        )
        self.degraded = Counter(
            "shelfguard_degraded",
            "Decisions that some stage had no part in",
            registry=self.registry,
        )
        self.stages = Counter(
            "shelfguard_stage_seconds", "Time by stage", ["stage"], registry=self.registry
        )
        self.batches = Histogram(
            "shelfguard_batch_rows",
            "Listings decided together",
            buckets=ROWS,
            registry=self.registry,
        )
        self.refused = Counter(
            "shelfguard_refused", "Requests that were not let in", ["why"], registry=self.registry
        )
        self.missed = Counter(
            "shelfguard_shadow_missed",
            "Requests that the challenger had no time for, or failed at",
            registry=self.registry,
        )
        self.background = Counter(
            "shelfguard_background_failures",
            "Failures of work beside the requests, each of which begins anew",
            ["work"],
            registry=self.registry,
        )
        self.windows = Counter(
            "shelfguard_triton_windows",
            "Windows of texts by model and by who judged them: triton, or local in its place",
            ["model", "judge"],
            registry=self.registry,
        )
        self.failures = Counter(
            "shelfguard_triton_failures",
            "Calls to Triton that failed, by model",
            ["model"],
            registry=self.registry,
        )

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
        self.registry.register(_Queues(queues))

    def shown(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class _Queues(Collector):
    def __init__(self, queues: Callable[[], dict[str, int]]) -> None:
        self._queues = queues

    def collect(self) -> list[GaugeMetricFamily]:
        found = GaugeMetricFamily("shelfguard_waiting_rows", "Listings that wait", labels=["lane"])
        for lane, rows in self._queues().items():
            found.add_metric([lane], rows)
        return [found]
