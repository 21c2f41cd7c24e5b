"""Ray Serve on this machine, with its own Ray, for as long as the context lasts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from shelfguard.config import quiet_engines
from tests.servers.processes import free_ports

CORES = 8
"""Room for replicas as Ray counts it; a test machine has fewer and shares them."""

START = 300.0
"""Seconds that replicas may take to start and to answer on a busy machine."""


@contextmanager
def ray_serve() -> Iterator[str]:
    """Start both; gives the address that applications are then served on."""
    quiet_engines()
    import ray
    from ray import serve

    (port,) = free_ports(1)
    ray.init(
        address="local",
        num_cpus=CORES,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        yield f"http://127.0.0.1:{port}"
    finally:
        serve.shutdown()
        ray.shutdown()


@contextmanager
def deployed(address: str, name: str, args: dict[str, Any]) -> Iterator[httpx.Client]:
    """Serve the API with these arguments under `/name`, and delete it at the end."""
    from ray import serve

    from shelfguard.serve.ray_app import app

    serve.run(app(args), name=name, route_prefix=f"/{name}")
    try:
        with httpx.Client(base_url=f"{address}/{name}", timeout=START) as http:
            yield http
    finally:
        serve.delete(name)
