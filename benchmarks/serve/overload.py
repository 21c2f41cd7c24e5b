"""Three times what a server can do: it says so, keeps its deadlines and recovers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from benchmarks import open_loop
from benchmarks.closed_loop import OK
from benchmarks.open_loop import Sent, evenly
from benchmarks.pinned import Result
from benchmarks.serve.processes import Running
from benchmarks.serve.sizes import Sizes

TIMES = 3
SHARE = 0.6
"""Of the capacity, before and after."""

DEADLINE_MS = 500
ALLOWED_MS = 50
"""For the way there and back, which the server does not see."""

SETTLED = 10
"""Seconds of overload after which memory should not grow, where the overload lasts longer."""

RECOVERED = 5
"""Seconds after the overload from which latencies count again."""

TOLD = (OK, 429, 504)


def overload(server: Running, bodies: Iterator[bytes], capacity: float, sizes: Sizes) -> Result:
    """Latencies before and after, answers and memory while it lasts."""
    calm, peak = SHARE * capacity, TIMES * capacity
    connections = round(2 * peak * DEADLINE_MS / 1000)  # twice what may be under way

    def send(moments: open_loop.Floats) -> Sent:
        headers = {"X-Deadline-Ms": str(DEADLINE_MS)}
        return open_loop.run(server.url, moments, bodies, connections=connections, headers=headers)

    before = send(evenly(calm, sizes.recovery))
    after = sizes.overload + evenly(calm, sizes.recovery)
    with _memory(server) as megabytes:
        sent = send(np.concatenate([evenly(peak, sizes.overload), after]))
    last = sizes.overload + sizes.recovery
    settled = megabytes[min(SETTLED, len(megabytes) // 3)]
    return {
        **_answers(sent.between(0, sizes.overload)),
        "MB early": settled,
        "MB late": max(megabytes),
        "p99 ms before": before.percentile(99),
        "p99 ms after": sent.between(sizes.overload + RECOVERED, last).percentile(99),
    }


def _answers(sent: Sent) -> Result:
    """How often each answer came, and what should not have been."""
    statuses = sent.statuses
    decided = [1000 * (e.ended - e.sent) for e in sent.exchanges if e.status == OK]
    return {
        **{f"answered {status}": float(statuses.get(status, 0)) for status in TOLD},
        "not told": float(sum(n for status, n in statuses.items() if status not in TOLD)),
        "decided late": float(sum(ms > DEADLINE_MS + ALLOWED_MS for ms in decided)),
        "longest decision ms": max(decided, default=0),
        "not sent on time": float(sent.summary()["not sent on time"]),
    }


@contextmanager
def _memory(server: Running) -> Iterator[Sequence[float]]:
    """Megabytes of the server, looked at every second."""
    found, stop = [server.memory()], threading.Event()

    def watch() -> None:
        while not stop.wait(1):
            found.append(server.memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()
