"""The API under Ray Serve: `serve run shelfguard.serve.ray_app:app pack=ca-marketplace`."""

from __future__ import annotations

from typing import Any

from ray import serve
from ray.serve import Application

from shelfguard.config import worker_environment
from shelfguard.serve.ray_arguments import Arguments
from shelfguard.serve.ray_replica import Replica

NAME = "shelfguard"

MOST_ONGOING = 8
"""Times as many requests as intended a replica may have: it says itself when it is too busy."""

MOST_QUEUED = 1000
"""Requests that may wait for a replica to have room; Ray Serve answers more with 503."""


def app(args: dict[str, Any]) -> Application:
    """The application of these arguments, which `Arguments` names.

    Raises:
        ServeError: an argument that cannot be.
    """
    chosen = Arguments.read(args)
    options = chosen.options()
    deploy = serve.deployment(
        name=NAME,
        autoscaling_config={
            "min_replicas": chosen.min_replicas,
            "max_replicas": chosen.max_replicas or chosen.min_replicas,
            "target_ongoing_requests": chosen.target_ongoing_requests,
        },
        max_ongoing_requests=round(MOST_ONGOING * chosen.target_ongoing_requests),
        max_queued_requests=MOST_QUEUED,
        graceful_shutdown_timeout_s=options.limits.longest_seconds + 1,
        ray_actor_options={"num_cpus": 1, "runtime_env": {"env_vars": worker_environment()}},
    )
    replica = deploy(serve.ingress()(Replica))
    return replica.bind(options, chosen.named_options(), chosen.models_at_once)
