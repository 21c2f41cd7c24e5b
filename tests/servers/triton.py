"""A real Triton server over a model repository, from the environment that `make triton` sets up."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.processes import free_ports

ENVIRONMENT = Path(__file__).parents[2] / ".venv-triton"
IS_INSTALLED = (ENVIRONMENT / ".installed").exists()
SHARED_MEMORY = Path("/dev/shm")
ENDS = (signal.SIGINT, signal.SIGTERM)
START = 120.0
"""Seconds that a start may take on a busy machine; a quiet one needs four."""

FACTS = """import pathlib, sys, sysconfig
print(sysconfig.get_path("purelib"))
print(sysconfig.get_config_var("LIBDIR"))
print("%d.%d" % sys.version_info[:2])"""


class Triton:
    """The server, while the context lasts; `room` takes its backends and its log."""

    def __init__(self, repository: Path, room: Path) -> None:
        self._repository, self._room = repository, room
        self._http, self._grpc, self._metrics = free_ports(3)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"triton://127.0.0.1:{self._grpc}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return (self._room / "server.log").read_text("utf-8")

    def judged(self) -> Counter[str]:
        """How many windows each model has judged, by the server's own metrics."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics}/metrics") as answer:
            shown = answer.read().decode()
        counts = re.findall(r'^nv_inference_count\{model="([^"]+)".*\} (\d+)', shown, re.MULTILINE)
        return Counter({model: int(count) for model, count in counts})

    def start(self) -> None:
        """Start the server on its ports, and wait until its models are ready."""
        packages, libraries, version = _facts()
        server = packages / "pytriton/tritonserver"
        backends = _python_backend(server, version, self._room / "backends")
        environment = {
            "PATH": f"{ENVIRONMENT / 'bin'}:{os.defpath}",
            "LD_LIBRARY_PATH": f"{libraries}:{packages / 'nvidia_pytriton.libs'}",
        }
        with (self._room / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [server / "bin/tritonserver", *self._options(backends)],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def kill(self) -> None:
        """Kill the server and the processes of its models, as a crash would."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for leftover in SHARED_MEMORY.glob(f"{self._prefix}*"):
            leftover.unlink(missing_ok=True)

    @property
    def _prefix(self) -> str:
        return f"shelfguard_{self._grpc}_"

    def _options(self, backends: Path) -> list[str]:
        ports = {"http": self._http, "grpc": self._grpc, "metrics": self._metrics}
        return [
            f"--model-repository={self._repository}",
            f"--backend-directory={backends}",
            f"--backend-config=python,shm-region-prefix-name={self._prefix}",
            *(f"--{name}-address=127.0.0.1" for name in ports),
            *(f"--{name}-port={port}" for name, port in ports.items()),
        ]

    def _wait(self) -> None:
        assert self._process
        until = time.monotonic() + START
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server left with {self._process.returncode}:\n{self.log}")
            with suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"http://127.0.0.1:{self._http}/v2/health/ready").close()
                return
            time.sleep(0.1)
        raise RuntimeError(f"the server is not ready after {START} seconds:\n{self.log}")


def _facts() -> tuple[Path, Path, str]:
    """Packages, shared libraries and version of the environment's Python."""
    python = ENVIRONMENT / "bin/python"
    printed = subprocess.run([python, "-c", FACTS], check=True, capture_output=True, text=True)
    packages, libraries, version = printed.stdout.split()
    return Path(packages), Path(libraries), version


def _python_backend(server: Path, version: str, backends: Path) -> Path:
    """A backend folder as Triton's own images have it, which the package keeps apart."""
    folder = backends / "python"
    if not folder.exists():
        shutil.copytree(server / "backends/python", folder)
        shutil.copy(
            server / "python_backend_stubs" / version / "triton_python_backend_stub", folder
        )
    return backends


def main() -> None:
    """Serve the model repository that is named, until interrupted."""
    repository = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as room, Triton(repository, Path(room)) as server:
        print(f"ready: {server.url}", flush=True)
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)  # not before: the server would inherit it
        signal.sigwait(ENDS)


if __name__ == "__main__":
    main()
