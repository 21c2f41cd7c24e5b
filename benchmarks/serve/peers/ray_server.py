"""Ray Serve with its request batching: python -m benchmarks.serve.peers.ray_server PORT."""

from __future__ import annotations

import signal
import sys
from typing import Any

import ray
from pydantic_core import from_json
from ray import serve
from ray.serve.schema import LoggingConfig
from starlette.requests import Request
from starlette.responses import Response

from benchmarks.serve.peers.deciding import MOST, WINDOW, Decider

QUIET = LoggingConfig(enable_access_log=False)


class Decisions:
    """A replica that gathers requests into batches."""

    def __init__(self) -> None:
        self._decider = Decider()

    @serve.batch(max_batch_size=MOST, batch_wait_timeout_s=WINDOW)
    async def decide(self, listings: list[Any]) -> list[bytes]:
        return self._decider.lines(listings)

    async def __call__(self, request: Request) -> Response:
        decision = await self.decide(from_json(await request.body()))
        return Response(decision, media_type="application/json")


def main(port: int) -> None:
    """Serve one replica until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": port}, logging_config=QUIET)
    deployment = serve.deployment(
        num_replicas=1,
        max_ongoing_requests=8 * MOST,
        ray_actor_options={"num_cpus": 1},
        logging_config=QUIET,
    )
    serve.run(deployment(Decisions).bind(), route_prefix="/decide", blocking=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
