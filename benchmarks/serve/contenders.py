"""The servers that are compared, and how each is started."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.serve.bodies import together
from benchmarks.serve.processes import Running, free_port, running

PACKAGE = "benchmarks.serve.peers"


@dataclass(frozen=True, slots=True)
class Contender:
    """A server by name, and how a request for one listing has to look to it."""

    name: str
    start: Callable[[bytes], AbstractContextManager[Running]]
    single: Callable[[bytes], bytes] = bytes


def ours(store: str) -> Contender:
    """The API as it comes, with a database of its own in a folder that goes again, or none."""

    @contextmanager
    def start(listing: bytes) -> Iterator[Running]:
        port = free_port()
        with TemporaryDirectory() as folder:
            where = "none" if store == "none" else f"sqlite:///{folder}/decisions.db"
            program = str(Path(sys.executable).with_name("shelfguard"))
            command = [program, "serve", "--port", str(port), "--store", where]
            url = f"http://127.0.0.1:{port}/v1/decisions"
            with running(command, url, listing, f"shelfguard-{store}") as server:
                yield server

    return Contender(f"Shelfguard, {store}", start)


def peers(programs: Path) -> list[Contender]:
    """LitServe, BentoML and Ray Serve from the environment whose programs lie there."""
    python = str(programs / "python")

    def bentoml(port: str) -> list[str]:
        service = f"{PACKAGE}.bentoml_server:Decisions"
        return [str(programs / "bentoml"), "serve", service, "--host", "127.0.0.1", "--port", port]

    def module(name: str) -> Callable[[str], list[str]]:
        return lambda port: [python, "-m", f"{PACKAGE}.{name}", port]

    return [
        _peer("LitServe", module("litserve_server")),
        _peer("BentoML", bentoml, lambda listing: together([listing])),
        _peer("Ray Serve", module("ray_server")),
    ]


def _peer(
    name: str, command: Callable[[str], list[str]], single: Callable[[bytes], bytes] = bytes
) -> Contender:
    def start(listing: bytes) -> AbstractContextManager[Running]:
        port = str(free_port())
        url = f"http://127.0.0.1:{port}/decide"
        return running(command(port), url, single(listing), name.lower().replace(" ", "-"))

    return Contender(name, start, single)
