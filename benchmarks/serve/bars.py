"""What the API must reach, from figures of one run."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.pinned import Result
from benchmarks.scan import Bar
from benchmarks.serve.alone import MOST_LISTINGS, STORES
from benchmarks.serve.overload import RECOVERED, TIMES

WINDOW_MS = 2.0
"""How long a listing waits for others by default."""

AT_ONCE = 64
"""How many it decides together by default."""

OF_BARE, TIMES_BARE = 0.7, 3
FLAT = 1.1
NORMAL = 1.5
"""The 99th percentile after an overload over that before: runs differ by that much."""

Found = Mapping[str, Result]


def bars(alone: Found, peers: Found) -> list[Bar]:
    """Every ratio against its bar."""
    rows = [bar for store in STORES for bar in against_engine(alone, store)]
    return [*rows, *(against_peers(peers) if peers else []), *under_overload(alone["overload"])]


def against_engine(found: Found, store: str) -> list[Bar]:
    """Throughput and latency of the API over those of the engine alone."""
    engine, one = found["bare engine"], found[f"{store}, single"]
    many, p99 = found[f"{store}, {MOST_LISTINGS}"], found[f"{store}, steady"]["p99 ms"]
    listings = MOST_LISTINGS * many["a second"]
    return [
        Bar(
            f"Throughput of single listings over the bare engine's one by one, {store}",
            one["a second"] / engine["a second by 1"],
            OF_BARE,
        ),
        Bar(
            f"The same over the bare engine's in batches of {AT_ONCE}, {store}",
            one["a second"] / engine[f"a second by {AT_ONCE}"],
            OF_BARE,
        ),
        Bar(
            f"For {MOST_LISTINGS} listings a request over the bare engine's by as many, {store}",
            listings / engine[f"a second by {MOST_LISTINGS}"],
            OF_BARE,
        ),
        Bar(
            f"p99 at 60 % less the window, over the bare engine's median, {store}",
            (p99 - WINDOW_MS) / engine["median ms"],
            TIMES_BARE,
            at_least=False,
        ),
    ]


def against_peers(found: Found) -> list[Bar]:
    """Throughput and latency over the best of the others."""
    names = [name for name in found if not name.startswith("Shelfguard")]
    fastest = max(found[name]["a second"] for name in names)
    promptest = min(found[name]["p99 ms"] for name in names)
    return [
        bar
        for name in found
        if name not in names
        for bar in (
            Bar(f"Throughput over the best peer's, {name}", found[name]["a second"] / fastest, 1),
            Bar(
                f"p99 over the best peer's, {name}",
                found[name]["p99 ms"] / promptest,
                1,
                at_least=False,
            ),
        )
    ]


def under_overload(found: Result) -> list[Bar]:
    """Answers, memory and recovery."""
    growth = found["MB late"] / found["MB early"]
    recovery = found["p99 ms after"] / found["p99 ms before"]
    return [
        Bar(f"Requests not told at {TIMES} x capacity", found["not told"], 0, at_least=False),
        Bar("Decisions after their deadline", found["decided late"], 0, at_least=False),
        Bar("Memory of the server, highest over early", growth, FLAT, at_least=False),
        Bar(f"p99 from {RECOVERED} s after, over before", recovery, NORMAL, at_least=False),
    ]
