"""A server as an operator starts it, and clients that keep asking it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.waiting import wait_until

BOTTLE = {"title": "Stainless steel water bottle, 750 ml"}


class Process:
    """`shelfguard serve` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.store = folder / "store.db"
        self._log = folder / "server.log"
        command = [sys.executable, "-m", "shelfguard", "serve", "--port", "0", *options]
        with self._log.open("wb") as log:
            self.popen = subprocess.Popen(
                [*command, "--store", f"sqlite:///{self.store}"], stderr=log, cwd=folder
            )
        wait_until(lambda: self.popen.poll() is not None or "Serving" in self.said, 180)
        found = re.search(r"http://\S+", self.said)
        assert found, self.said
        self.address = found[0]

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8")

    @property
    def workers(self) -> set[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text()
        return {int(pid) for pid in children.split() if b"spawn_main" in _command(pid)}

    def signal(self, number: signal.Signals) -> None:
        self.popen.send_signal(number)

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=60).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Process]:
    process = Process(folder, *options)
    workers = process.workers
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.signal(signal.SIGTERM)
        process.popen.wait(60)
        wait_until(lambda: not any(map(_lives, workers)), 60)


def _command(pid: str) -> bytes:
    """What a process was started with; nothing where it has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


class Clients:
    """Some clients that ask one after another, each over a connection that it keeps."""

    def __init__(self, address: str, count: int = 4) -> None:
        self.statuses: Counter[int] = Counter()
        self.errors: list[str] = []
        self.acknowledged: list[str] = []
        self._address, self._stop, self._lock = address, threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(count)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        wait_until(lambda: self.statuses[200] > 20, 120)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def more(self, requests: int = 40) -> None:
        """Wait until so many more were answered."""
        goal = self.statuses[200] + requests
        wait_until(lambda: self.statuses[200] >= goal, 120)

    def _ask(self, client: int) -> None:
        headers = {"x-deadline-ms": "60000"}
        with httpx.Client(base_url=self._address, timeout=120, headers=headers) as http:
            number = 0
            while not self._stop.is_set():
                number += 1
                self._one(http, f"sku-{client}-{number}")

    def _one(self, http: httpx.Client, id_: str) -> None:
        try:
            answer = http.post("/v1/decisions", json=BOTTLE | {"id": id_})
        except httpx.HTTPError as error:
            with self._lock:
                self.errors.append(f"{type(error).__name__}: {error}")
            self._stop.wait(0.05)
            return
        with self._lock:
            self.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                self.acknowledged.append(id_)
