"""BentoML with its adaptive batching; started by `bentoml serve …bentoml_server:Decisions`."""

from __future__ import annotations

from typing import Any

import bentoml

from benchmarks.serve.peers.deciding import MOST, Decider

LATENCY_MS = 2000
"""What the batching may take before it drops a request: the API's default deadline."""


@bentoml.service(
    workers=1,
    traffic={"timeout": 30},
    logging={"access": {"enabled": False}},
)
class Decisions:
    """A batchable endpoint takes lists, so a client sends one listing as a list of one."""

    def __init__(self) -> None:
        self._decider = Decider()

    @bentoml.api(batchable=True, max_batch_size=MOST, max_latency_ms=LATENCY_MS)
    def decide(self, listings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Decisions in the order of the listings; BentoML writes them as JSON."""
        rows: list[dict[str, Any]] = self._decider.table(listings).to_pylist()
        return rows
