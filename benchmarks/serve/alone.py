"""The API next to the bare engine on the same core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks import open_loop
from benchmarks.pinned import Result
from benchmarks.serve.bodies import several, singles
from benchmarks.serve.contenders import ours
from benchmarks.serve.overload import SHARE, overload
from benchmarks.serve.processes import Running
from benchmarks.serve.saturation import SEVERAL, SINGLE, saturated
from benchmarks.serve.sizes import Sizes

MOST_LISTINGS = 500

STORES = ("sqlite", "none")


def of_stores(lines: Sequence[bytes], sizes: Sizes) -> dict[str, Result]:
    """The API with each store; the first, which is what comes by default, is overloaded too."""
    found: dict[str, Result] = {}
    for store in STORES:
        with ours(store).start(lines[0]) as server:
            one = saturated(server, singles(lines), SINGLE, sizes)
            found[f"{store}, single"] = one
            many = several(lines, MOST_LISTINGS)
            found[f"{store}, {MOST_LISTINGS}"] = saturated(server, many, SEVERAL, sizes)
            found[f"{store}, steady"] = steady(
                server, singles(lines), SHARE * one["a second"], sizes.steady
            )
            if store == STORES[0]:
                bodies = singles(lines)
                found["overload"] = overload(server, bodies, one["a second"], sizes)
    return found


def steady(server: Running, bodies: Iterator[bytes], rate: float, seconds: float) -> Result:
    """Latencies of single listings at a constant rate."""
    sent = open_loop.run(server.url, open_loop.evenly(rate, seconds), bodies)
    return {
        "rate": rate,
        **{f"p{share} ms": sent.percentile(share) for share in (50, 95, 99)},
        "not answered with 200": float(len(sent.exchanges) - sent.statuses.get(200, 0)),
        "not sent on time": float(sent.summary()["not sent on time"]),
    }
