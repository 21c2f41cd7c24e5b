"""Servers that run on one core, and the sender on another."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pinned import ROOT, THREADS, Result
from benchmarks.scan import WORK

CORES = sorted(os.sched_getaffinity(0))
START_SECONDS = 180
STOP_SECONDS = 30
PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def leave_first_core() -> None:
    """Keep this process to the other cores, where there are any."""
    os.sched_setaffinity(0, CORES[1:] or CORES)


def open_many_files() -> None:
    """Let this process and the servers that it starts have as many connections as they may."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _to_first_core() -> None:
    os.sched_setaffinity(0, CORES[:1])


def measured(module: str, *arguments: object) -> Result:
    """What a module prints as JSON, run on the first core."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=_to_first_core,
    )
    found: Result = json.loads(done.stdout.splitlines()[-1])
    return found


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    pid: int
    url: str

    def memory(self) -> float:
        """Resident megabytes of the process and all that it started."""
        return sum(_resident(pid) for pid in _with_children(self.pid)) / 1e6

    def processor(self) -> float:
        """Seconds of a core that they have had."""
        return sum(_worked(pid) for pid in _with_children(self.pid))


@contextmanager
def running(command: Sequence[str], url: str, body: bytes, log: str) -> Iterator[Running]:
    """Run a server on the first core until the context ends; it has answered one request.

    Raises:
        RuntimeError: it does not answer; the message ends with what it said.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{log}.log"
    with path.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_to_first_core,
        )
    try:
        _await(process, url, body, path)
        yield Running(process.pid, url)
    finally:
        _stop(process)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def environment() -> dict[str, str]:
    """One thread a library, and this project to be imported by whoever runs it."""
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    return {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": paths}


def _await(process: subprocess.Popen[bytes], url: str, body: bytes, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not _answers(url, body):
        if process.poll() is not None or time.monotonic() > until:
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"{url} does not answer:\n{said}")
        time.sleep(0.2)


def _answers(url: str, body: bytes) -> bool:
    """Whether a decision comes back."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return b'"content_hash":' in response.read()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then end whatever is left of its session."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{process.args!r} had to be killed", file=sys.stderr)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(file).split():
            yield from _with_children(int(child))


def _resident(pid: int) -> int:
    return int(_read(Path(f"/proc/{pid}/statm"), "0 0").split()[1]) * PAGE


def _worked(pid: int) -> float:
    after_name = _read(Path(f"/proc/{pid}/stat"), ") " + "0 " * 13).rpartition(")")[2]
    return sum(map(int, after_name.split()[11:13])) / TICKS


def _read(file: Path, gone: str = "") -> str:
    """What it says, or what stands for a process that has ended meanwhile."""
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return gone
