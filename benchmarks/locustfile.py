"""Clients for locust, each with one request at a time; needs no part of this project.

locust -f benchmarks/locustfile.py --host http://127.0.0.1:8080 --listings FILE.jsonl
"""

from __future__ import annotations

import random
from argparse import ArgumentParser
from functools import cache
from pathlib import Path

from locust import FastHttpUser, between, events, task

BATCH = 100
REMEMBERED = 100
"""Decisions whose ids a client keeps, to ask for them again."""

JSON = {"Content-Type": "application/json"}


@events.init_command_line_parser.add_listener
def add_listings(parser: ArgumentParser) -> None:
    """Have locust ask for what to send."""
    parser.add_argument("--listings", required=True, help="a file with one listing a line")


@cache
def lines(path: str) -> list[bytes]:
    """The listings, read once for all clients."""
    return Path(path).read_bytes().splitlines()


class Marketplace(FastHttpUser):
    """Mostly single listings, now and then a batch, and decisions looked up again."""

    wait_time = between(0.01, 0.1)

    def on_start(self) -> None:
        self._lines = lines(self.environment.parsed_options.listings)
        self._ids: list[str] = []

    @task(20)
    def decide_one(self) -> None:
        """A seller saves a listing."""
        body = random.choice(self._lines)
        response = self.client.post("/v1/decisions", data=body, headers=JSON, name="one listing")
        if response.status_code == 200:
            self._ids = [*self._ids[1 - REMEMBERED :], response.json()["id"]]

    @task(1)
    def decide_several(self) -> None:
        """A seller uploads a file."""
        chosen = b",".join(random.choices(self._lines, k=BATCH))
        body = b'{"listings":[' + chosen + b"]}"
        self.client.post("/v1/decisions", data=body, headers=JSON, name=f"{BATCH} listings")

    @task(5)
    def look_up(self) -> None:
        """A moderator opens a decision."""
        if self._ids:
            self.client.get(f"/v1/decisions/{random.choice(self._ids)}", name="a decision")
