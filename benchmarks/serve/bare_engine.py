"""The engine alone, on listings in memory: … benchmarks.serve.bare_engine GROWN SINGLE ROWS."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.pinned import Result
from benchmarks.serve.bodies import listings
from benchmarks.serve.peers.deciding import Decider
from shelfguard.engine import Engine
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.serve.deciding.batch import as_batch, sent
from shelfguard.serve.deciding.generation import WARM_UP as ONCE
from shelfguard.serve.interpreter import COLLECT

WARM_UP = 500
"""Listings decided before any is timed: the student remembers words that it has seen."""

SIZES = (1, 64, 500)


def measure(lines: Sequence[bytes], single: int, rows: int) -> Result:
    """Times of `single` listings one by one, and listings a second by batches of `SIZES`.

    "JSON to JSON" also counts reading the listings and writing the decisions, as any server must.
    """
    engine, decider = Engine.from_pack(load_pack("ca-marketplace")), Decider()
    batch = as_batch([sent(json.loads(line), 1) for line in lines])
    engine.run(Batch.from_records(ONCE))  # as the server does
    for start in range(0, WARM_UP, 10):
        engine.run(batch.slice(start, 10))
    gc.collect()
    gc.freeze()  # as the server does, lest its ratio to the engine be better than it is
    gc.set_threshold(*COLLECT)

    def bare(start: int, size: int) -> None:
        engine.run(batch.slice(start, size))

    def whole(start: int, size: int) -> None:
        decider.lines([json.loads(line) for line in lines[start : start + size]])

    ones = _times(bare, 1, single)
    found = {
        "median ms": float(np.median(ones)) * 1000,
        "mean ms": float(ones.mean()) * 1000,
        "p99 ms": float(np.percentile(ones, 99)) * 1000,
    }
    for size in SIZES:
        count = single if size == 1 else rows
        found[f"a second by {size}"] = size / _times(bare, size, count).mean()
        found[f"a second by {size}, JSON to JSON"] = size / _times(whole, size, count).mean()
    return found


def _times(work: Callable[[int, int], Any], size: int, rows: int) -> npt.NDArray[np.float64]:
    """Seconds of each batch of `size`, over `rows` listings after those of the warm-up."""
    seconds = []
    for start in range(WARM_UP, WARM_UP + rows - size + 1, size):
        begun = time.perf_counter()
        work(start, size)
        seconds.append(time.perf_counter() - begun)
    return np.array(seconds)


if __name__ == "__main__":
    grown, single, rows = map(int, sys.argv[1:])
    print(json.dumps(measure(listings(grown)[: max(single, rows) + WARM_UP], single, rows)))
