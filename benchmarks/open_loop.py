"""Send at a constant rate, whatever comes back: python -m benchmarks.open_loop URL --rate N."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import uvloop

from benchmarks.http_client import Client, Ended, Exchange

Floats = npt.NDArray[np.float64]

REFUSED = 429
ON_TIME = 0.005
"""Seconds after its moment within which a request counts as sent on time."""


def evenly(rate: float, seconds: float) -> Floats:
    """When to send, in seconds from the start: `rate` requests a second, one like the other."""
    return np.arange(round(rate * seconds)) / rate


def at_random(rate: float, seconds: float, seed: int = 5) -> Floats:
    """The same with exponential gaps, as many clients who know nothing of each other send."""
    return np.random.default_rng(seed).exponential(1 / rate, round(rate * seconds)).cumsum()


def run(
    url: str,
    moments: Floats,
    bodies: Iterator[bytes],
    *,
    connections: int = 512,
    headers: Mapping[str, str] | None = None,
    patience: float = 30.0,
) -> Sent:
    """Send a body at each moment, whether or not those before it are answered.

    Latencies count from the moments, not from when a request could be sent, so that a server
    which stalls is not spared (Tene, "How NOT to measure latency", 2013). Answers are waited for
    until `patience` seconds after the last request.
    """
    texts = islice(bodies, len(moments))
    return uvloop.run(_send(partial(Client, url, connections, headers), moments, texts, patience))


async def _send(
    connect: Callable[[Ended], Client], moments: Floats, bodies: Iterator[bytes], patience: float
) -> Sent:
    left, all_ended = len(moments), asyncio.Event()

    def ended(_: Exchange) -> None:
        nonlocal left
        left -= 1
        if not left:
            all_ended.set()

    client = connect(ended)
    waiting = list(bodies)
    start = time.perf_counter()
    exchanges = [Exchange(*pair) for pair in zip(waiting, (start + moments).tolist(), strict=True)]
    await asyncio.to_thread(_keep_time, exchanges, client, asyncio.get_running_loop())
    with suppress(TimeoutError):
        await asyncio.wait_for(all_ended.wait(), patience)
    await client.close()
    return Sent(start, exchanges)


def _keep_time(
    exchanges: Sequence[Exchange], client: Client, loop: asyncio.AbstractEventLoop
) -> None:
    """Hand over each exchange at its moment; an event loop's own timers are no finer than 1 ms."""
    for exchange in exchanges:
        if (early := exchange.intended - time.perf_counter()) > 0:
            time.sleep(early)
        loop.call_soon_threadsafe(client.send, exchange)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of requests whose moments count from `start`."""

    start: float
    exchanges: Sequence[Exchange]

    def between(self, first: float, last: float) -> Sent:
        """Those whose moment lies between two seconds."""
        kept = [e for e in self.exchanges if first <= e.intended - self.start < last]
        return Sent(self.start, kept)

    @property
    def statuses(self) -> dict[int, int]:
        """How often each status came; 0 counts those that were never answered."""
        return dict(sorted(Counter(exchange.status for exchange in self.exchanges).items()))

    def latencies(self) -> Floats:
        """Seconds from the moment of each request that was not refused to its end.

        A request that was never answered waited for ever.
        """
        taken = (e for e in self.exchanges if e.status != REFUSED)
        return np.array([e.ended - e.intended for e in taken])

    def percentile(self, percent: float) -> float:
        """Milliseconds within which this share of the requests was answered."""
        latencies = self.latencies()
        if not len(latencies):
            return np.nan
        return float(np.percentile(latencies, percent, method="higher")) * 1000

    def summary(self) -> dict[str, Any]:
        """All figures, as JSON has them; latencies in milliseconds."""
        behind = np.array([e.sent - e.intended for e in self.exchanges])
        return {
            "requests": len(self.exchanges),
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "not sent on time": int((behind > ON_TIME).sum()),
            "longest delay of sending": _finite(behind.max() * 1000),
            **{f"p{share:g}": _finite(self.percentile(share)) for share in (50, 95, 99, 99.9)},
            "longest": _finite(self.percentile(100)),
        }


def _finite(number: float) -> float | None:
    """A number that JSON can hold; none where something was waited for in vain."""
    return round(float(number), 3) if np.isfinite(number) else None


def shown(summary: Mapping[str, Any]) -> str:
    """The figures for people, one a line."""
    statuses = ", ".join(f"{count:,} x {status}" for status, count in summary["statuses"].items())
    rows = {**summary, "statuses": statuses}
    return "\n".join(f"{name:<26}{'never' if v is None else v}" for name, v in rows.items())


def main() -> None:
    """Send the load of the command line and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="such as http://127.0.0.1:8080/v1/decisions")
    parser.add_argument("--listings", type=Path, required=True, help="one listing a line")
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--random-gaps", action="store_true", help="exponential, not even, gaps")
    parser.add_argument("--connections", type=int, default=512, help="at most")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    chosen = parser.parse_args()
    moments = (at_random if chosen.random_gaps else evenly)(chosen.rate, chosen.seconds)
    bodies = cycle(chosen.listings.read_bytes().splitlines())
    summary = run(chosen.url, moments, bodies, connections=chosen.connections).summary()
    print(shown(summary))
    if chosen.json:
        chosen.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
