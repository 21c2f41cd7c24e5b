"""Ray Data and Spark next to the local engine over one catalog: python -m benchmarks.batch."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.catalog import COLUMNS, grow
from shelfguard.config import one_core_a_worker
from shelfguard.run.crew import EngineName

ENGINES: tuple[EngineName, ...] = ("local", "ray", "spark")
WORKERS, FILES = 2, 8

BARS = {"ray": 0.85, "spark": 0.60}
"""The least share of the local engine's listings a second."""

Result = dict[str, float]


def write_feed(folder: Path, rows: int) -> None:
    """Grown listings as Parquet files of equal size."""
    grown = grow(rows)
    for number in range(FILES):
        part = list(islice(grown, rows // FILES))
        table = pa.table({name: [row[name] for row in part] for name in COLUMNS})
        pq.write_table(table, folder / f"{number}.parquet")


def measure(engine: EngineName, feed: Path) -> Result:
    """One scan by one engine, in this process.

    `per_second` is from the first committed chunk to the last, so that nothing starts or is
    merged meanwhile; `wall` is all of it, from the loading of the pack to `run.json`.
    """
    one_core_a_worker()
    from shelfguard.engine import Engine
    from shelfguard.policy.load import load_pack
    from shelfguard.run.local import Options, Progress, scan

    start, seen = time.perf_counter(), list[tuple[float, int]]()

    def watch(progress: Progress) -> None:
        seen.append((time.perf_counter(), progress.counts.read))

    pack = load_pack("ca-marketplace")
    with tempfile.TemporaryDirectory() as out:
        options = Options(str(feed), Path(out) / "scan", engine=engine, workers=WORKERS)
        build = partial(Engine.from_pack, pack)
        scan(options, pack, build, publish=lambda *_: None, watch=watch)
    (first, before), (last, rows) = seen[0], seen[-1]
    return {
        "per_second": (rows - before) / (last - first),
        "wall": time.perf_counter() - start,
        "started": first - start,
        "rows": rows,
    }


def alternating(feed: Path, rounds: int) -> Iterator[tuple[EngineName, Result]]:
    """All engines in turn, each in a process of its own."""
    for _ in range(rounds):
        for engine in ENGINES:
            command = [sys.executable, "-m", "benchmarks.batch", "--one", engine, str(feed)]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            yield engine, json.loads(done.stdout.splitlines()[-1])


def table(results: dict[EngineName, list[Result]]) -> str:
    """Medians, and the share of the local engine's speed with and without starting."""
    lines = [
        f"{'engine':8}{'listings/s':>12}{'of local':>10}{'bar':>7}{'first chunk':>13}"
        f"{'whole scan':>12}{'of local':>10}"
    ]
    local = _median(results["local"])
    for engine, found in results.items():
        one = _median(found)
        bar = f"{BARS[engine]:.0%}" if engine in BARS else ""
        lines.append(
            f"{engine:8}{one['per_second']:>12,.0f}{one['per_second'] / local['per_second']:>10.0%}"
            f"{bar:>7}{one['started']:>11.1f} s{one['wall']:>10.1f} s"
            f"{local['wall'] / one['wall']:>10.0%}"
        )
    return "\n".join(lines)


def _median(found: Sequence[Result]) -> Result:
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def main() -> None:
    """Measure, print each run as it ends, and then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round over 40,000 rows")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "FEED"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.one[0], Path(chosen.one[1]))))
        return
    rows, rounds = (40_000, 1) if chosen.quick else (chosen.rows, chosen.rounds)
    results: dict[EngineName, list[Result]] = {engine: [] for engine in ENGINES}
    with tempfile.TemporaryDirectory() as feed:
        write_feed(Path(feed), rows)
        for engine, result in alternating(Path(feed), rounds):
            results[engine].append(result)
            print(engine, json.dumps(result), flush=True)
    print(
        f"{rows:,} listings in {FILES} Parquet files, {WORKERS} workers, {rounds} rounds, medians"
    )
    print(table(results))


if __name__ == "__main__":
    main()
