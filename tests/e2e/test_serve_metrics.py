"""`/metrics` of a server with several workers, whichever of them answers."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import httpx
from tests.e2e.serving import Process, serving
from tests.unit.serve.lexicon_pack import MUG, lexicon_pack
from tests.waiting import wait_until

PATIENT = {"x-deadline-ms": "60000"}


def answered(process: Process) -> set[int]:
    """What some scrapes say, each over a connection of its own, so that all workers answer."""
    return {_answered(process) for _ in range(20)}


def _answered(process: Process) -> int:
    text = httpx.get(f"{process.address}/metrics", timeout=60).text
    sample = r'^shelfguard_requests_total{route="/v1/decisions",status="200"} (\S+)$'
    return round(sum(map(float, re.findall(sample, text, re.MULTILINE))))


def ask(process: Process, count: int) -> None:
    for _ in range(count):
        url = f"{process.address}/v1/decisions"
        assert httpx.post(url, json=MUG, headers=PATIENT, timeout=60).status_code == 200


def test_every_scrape_tells_of_all_workers_and_of_those_before_them(tmp_path: Path) -> None:
    pack = lexicon_pack(tmp_path / "pack")
    with serving(tmp_path, "--pack", pack, "--workers", "2") as process:
        ask(process, 20)
        # A request is counted once its answer is sent.
        wait_until(lambda: answered(process) == {20})
        before = process.workers
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda: len(process.workers - before) == 1, 120)
        ask(process, 10)
        wait_until(lambda: answered(process) == {30})
