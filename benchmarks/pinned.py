"""Timings that can be compared: each in a fresh process, on one core, in turns."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Job = Mapping[str, Any]
"""A task of benchmarks/tasks.py by its name under `task`, and its arguments."""

Result = dict[str, float]


def run(job: Job) -> Result:
    """Run a job in a fresh process on `cores` cores; its result with `peak_mb` added.

    `peak_mb` is the highest resident memory of the process plus that of its largest child.
    """
    command = [sys.executable, "-m", "benchmarks.pinned", json.dumps(dict(job))]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    found: Result = json.loads(done.stdout.splitlines()[-1])
    return found


def in_turns(jobs: Mapping[str, Job], times: int) -> dict[str, Result]:
    """The median of each job's numbers over A B A B ..., so that all meet the same noise."""
    found: dict[str, list[Result]] = {name: [] for name in jobs}
    for _ in range(times):
        for name, job in jobs.items():
            found[name].append(run(job))
            print(f"  {name}: {found[name][-1]}", file=sys.stderr, flush=True)
    return {name: medians(results) for name, results in found.items()}


def medians(results: list[Result]) -> Result:
    """The median of each number over all results."""
    return {key: statistics.median(result[key] for result in results) for key in results[0]}


def peak_mb() -> float:
    """Megabytes at the highest: of this process, and of the largest child that has ended.

    A process's own `ru_maxrss` would start at that of the parent it was forked from.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (int(own.split()[1]) + children) / 1000


def main(job: dict[str, Any]) -> None:
    """Run one job in this process and print its result as JSON."""
    cores = sorted(os.sched_getaffinity(0))[: job.pop("cores", 1)]
    os.sched_setaffinity(0, cores)
    from benchmarks.tasks import TASKS

    found = TASKS[job.pop("task")](**job)
    print(json.dumps({**found, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
