"""Known pictures: hashing, look-ups among millions, memory and swap.

    python -m benchmarks.known_pictures [--quick]

Each task runs in a process of its own. Times are of the processor, which other work on the machine
disturbs least, and stand beside those of a bare kernel: `pdqhash`, and a scan of all hashes.
`--quick` takes a million hashes instead of ten, which need 2 GB of disk and some minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pdqhash

from benchmarks.pinned import ROOT, Result, peak_mb
from shelfguard.images.hashes.hamming import Words, scan
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.live_index import LiveIndex
from shelfguard.images.hashes.pdq import hash_of
from shelfguard.images.hashes.picture_hash import HASH_BYTES, MAX_DISTANCE
from shelfguard.images.picture import Picture

FULL, QUICK = 10_000_000, 1_000_000
QUERIES = 4096

PLANTED = (0, 15, MAX_DISTANCE, MAX_DISTANCE + 1)
"""Bits between a query and the stored hash that it was made from; the last must not be found."""

SAMPLE = 4
"""Queries at each of these distances that a scan checks: it takes a third of a second for one."""

SIDE = 512
"""Pixels: what `pdqhash` alone is timed on, and what `hash_of` reduces larger pictures to."""


def build(folder: Path) -> Result:
    """Building the index, as a rebuild does in a process of its own."""
    words = np.load(folder / "words.npy")
    started = time.process_time()
    HashIndex.build(folder / "index", words, MAX_DISTANCE)
    seconds, size = time.process_time() - started, (folder / "index").stat().st_size
    return {"seconds": seconds, "file MB": size / 1e6, "peak MB": peak_mb()}


def look_up(folder: Path) -> Result:
    """Look-ups in a process that does nothing else; the second of two rounds counts."""
    queries = np.load(folder / "queries.npy")
    started = time.perf_counter()
    index = HashIndex.open(folder / "index")
    opened = time.perf_counter() - started
    seconds = min(_seconds(lambda: index.search(queries, MAX_DISTANCE)) for _ in range(2))
    single = _seconds(lambda: [index.search(queries[n : n + 1], MAX_DISTANCE) for n in range(200)])
    return {
        "opening ms": 1e3 * opened,
        "a second": len(queries) / seconds,
        "ms for one alone": 1e3 * single / 200,
        "peak MB": peak_mb(),
    }


def check(folder: Path) -> Result:
    """The index against a scan of all hashes."""
    words, queries = np.load(folder / "words.npy"), np.load(folder / "queries.npy")
    sample = queries[: SAMPLE * len(PLANTED)]
    found = HashIndex.open(folder / "index").search(sample, MAX_DISTANCE)
    started = time.process_time()
    truth = scan(sample, words, MAX_DISTANCE)
    seconds = (time.process_time() - started) / len(sample)
    some, all_ = (
        set(zip(*(column.tolist() for column in hits), strict=True)) for hits in (found, truth)
    )
    return {
        "planted within the radius": SAMPLE * (len(PLANTED) - 1),
        "found": len(some),
        "missed": len(all_ - some),
        "invented": len(some - all_),
        "scans a second": 1 / seconds,
    }


def swap(folder: Path) -> Result:
    """How long single look-ups among a million take while the index is rebuilt, on the wall."""
    words = np.load(folder / "words.npy", mmap_mode="r")[:QUICK]
    queries = np.load(folder / "queries.npy")
    live = LiveIndex(folder / "live", MAX_DISTANCE, None, words)
    live.rebuild()

    def one() -> object:
        return live.search(queries[:1])

    quiet = [_wall(one) for _ in range(500)]
    rebuild = threading.Thread(target=live.rebuild)
    rebuild.start()
    busy: list[float] = []
    while rebuild.is_alive():
        busy.append(_wall(one))
    return {
        "median ms before": 1e3 * float(np.median(quiet)),
        "longest ms before": 1e3 * max(quiet),
        "median ms during": 1e3 * float(np.median(busy)),
        "longest ms during": 1e3 * max(busy),
        "look-ups during": len(busy),
    }


def hash_pictures(folder: Path) -> Result:
    """Hashes a second of one core."""
    pixels = np.random.default_rng(3).integers(0, 256, (1280, 1280, 3), np.uint8)
    small = np.ascontiguousarray(pixels[:SIDE, :SIDE])
    large, reduced = (Picture("", "PNG", 1280, 1280, 1, each) for each in (pixels, small))
    timed: dict[str, Callable[[], object]] = {
        f"pdqhash alone, {SIDE} pixels": lambda: pdqhash.compute(small),
        f"hash_of, {SIDE} pixels": lambda: hash_of(reduced),
        "pdqhash alone, 1280 pixels": lambda: pdqhash.compute(pixels),
        "hash_of, 1280 pixels": lambda: hash_of(large),
    }
    return {what: 20 / sum(_seconds(do) for _ in range(20)) for what, do in timed.items()}


TASKS: dict[str, Callable[[Path], Result]] = {
    "hash": hash_pictures,
    "build": build,
    "look-up": look_up,
    "check": check,
    "swap": swap,
}


def main(count: int) -> int:
    """Print every figure; 1 where a bar does not hold."""
    from benchmarks.scan import Bar  # brings libraries that would count in the tasks' memory

    with TemporaryDirectory(prefix="known_pictures.") as name:
        words = np.random.default_rng(1).integers(0, 2**64, (count, 4), np.uint64)
        np.save(Path(name) / "words.npy", words)
        np.save(Path(name) / "queries.npy", draw_queries(words))
        del words
        figures = {task: measured_alone(task, Path(name)) for task in TASKS}
    bars = [
        Bar(f"Look-ups a second among {count:,}", figures["look-up"]["a second"], 4000),
        Bar("Peak MB of looking up", figures["look-up"]["peak MB"], 1500, at_least=False),
        Bar("Hits missed", figures["check"]["missed"], 0, at_least=False),
        Bar("Hits invented", figures["check"]["invented"], 0, at_least=False),
    ]
    print("| What | Measured | Bar | Holds |\n|---|---|---|---|")
    print(*(bar.line() for bar in bars), sep="\n")
    return 0 if all(bar.holds for bar in bars) else 1


def measured_alone(task: str, folder: Path) -> Result:
    """Run a task in a process of its own and print its figures."""
    command = [sys.executable, "-m", "benchmarks.known_pictures", "--task", task, str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: Result = json.loads(done.stdout)
    for what, value in found.items():
        print(f"  {task}: {what}: {value:,.4g}", flush=True)
    return found


def draw_queries(words: Words) -> Words:
    """Hashes that nothing is near to, but the first, which lie at the planted distances."""
    rng = np.random.default_rng(2)
    queries = rng.integers(0, 2**64, (QUERIES, 4), np.uint64)
    for number, distance in enumerate(PLANTED * SAMPLE):
        bits = np.zeros(HASH_BYTES * 8, np.uint8)
        bits[rng.choice(len(bits), distance, replace=False)] = 1
        row = words[rng.integers(len(words))]
        queries[number] = row ^ np.packbits(bits).view("<u8")
    return queries


def _seconds(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def _wall(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a million hashes instead of ten")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.task:
        print(json.dumps(TASKS[chosen.task](chosen.folder)))
        sys.exit()
    sys.exit(main(QUICK if chosen.quick else FULL))
