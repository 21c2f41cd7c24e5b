"""Runs a sender, in a test or, as a program, in a process that a test may kill."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.patience import Patience
from shelfguard.serve.webhooks.sender import Sender
from shelfguard.store.database import connect
from tests.unit.serve.webhooks.receiver import SECRET

HASTY = Patience(first_wait=timedelta(milliseconds=20), longest_wait=timedelta(milliseconds=100))


def send_until(sender: Sender, holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run a sender until a condition holds; fails after so many seconds."""

    async def run() -> None:
        task = asyncio.create_task(sender.run())
        until = time.monotonic() + seconds
        while not await asyncio.to_thread(holds):
            assert time.monotonic() < until, f"nothing changed in {seconds} seconds"
            assert not task.done(), task.exception()
            await asyncio.sleep(0.02)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())


if __name__ == "__main__":
    store, port, dead_letters = sys.argv[1:]
    endpoint = Endpoint("desk", f"http://127.0.0.1:{port}/hook", (SECRET,))
    asyncio.run(Sender(connect(store), [endpoint], Path(dead_letters)).run())
