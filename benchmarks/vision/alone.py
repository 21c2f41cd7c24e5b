"""One task in a fresh process, on one core and one thread a library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.pinned import ROOT, THREADS, Result


def alone(task: str, **arguments: Any) -> Result:
    """Run a task; what it measured is also shown as it arrives."""
    command = [sys.executable, "-m", "benchmarks.vision.alone", task, json.dumps(arguments)]
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    found: Result = json.loads(done.stdout.splitlines()[-1])
    print(f"  {task}: {found}", file=sys.stderr, flush=True)
    return found


def main(task: str, arguments: dict[str, Any]) -> None:
    """Run a task in this process and print its result as JSON."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    from benchmarks.vision.memory import memory
    from benchmarks.vision.shared import shared_picture
    from benchmarks.vision.speed import engine_speed, scan_speed

    tasks: tuple[Callable[..., Result], ...] = (engine_speed, scan_speed, memory, shared_picture)
    print(json.dumps({each.__name__: each for each in tasks}[task](**arguments)))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
