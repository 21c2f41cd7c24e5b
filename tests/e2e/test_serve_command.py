"""`shelfguard serve` under load, told to stop, to start anew, and killed."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.serving import Clients, Process, serving
from tests.slow import slow
from tests.unit.serve.lexicon_pack import lexicon_pack
from tests.waiting import wait_until


def stored(process: Process) -> set[str]:
    with sqlite3.connect(process.store) as connection:
        return {row[0] for row in connection.execute("SELECT listing_id FROM decisions")}


@pytest.fixture
def pack(tmp_path: Path) -> str:
    """One without models, where nothing depends on how long a pack takes to load or to decide."""
    return lexicon_pack(tmp_path / "pack")


def test_a_worker_that_is_told_to_stop_is_replaced_and_no_request_fails(
    tmp_path: Path, pack: str
) -> None:
    with serving(tmp_path, "--pack", pack) as process:
        (before,) = process.workers
        with Clients(process.address) as clients:
            os.kill(before, signal.SIGTERM)
            wait_until(lambda: len(process.workers - {before}) == 1, 120)
            clients.more()
        assert clients.errors == []
        assert set(clients.statuses) == {200}
        assert set(clients.acknowledged) == stored(process)


@slow
def test_a_hangup_replaces_workers_one_by_one_and_no_request_fails(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as process:
        before = process.workers
        with Clients(process.address) as clients:
            process.signal(signal.SIGHUP)
            wait_until(lambda: len(process.workers - before) == 2 == len(process.workers), 180)
            clients.more()
        assert clients.errors == []
        assert set(clients.statuses) == {200}


def test_told_to_stop_it_answers_what_it_accepted_and_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        with Clients(process.address) as clients:
            process.signal(signal.SIGTERM)
            assert process.popen.wait(120) == 0
        assert set(clients.statuses) == {200}
        assert set(clients.acknowledged) == stored(process)


@pytest.mark.parametrize("whom", ["worker", "supervisor"])
def test_killed_outright_it_has_kept_every_decision_that_it_told(
    tmp_path: Path, pack: str, whom: str
) -> None:
    with serving(tmp_path, "--pack", pack) as process:
        (worker,) = process.workers
        with Clients(process.address) as clients:
            os.kill(worker if whom == "worker" else process.popen.pid, signal.SIGKILL)
            wait_until(lambda: bool(clients.errors), 120)
        assert set(clients.acknowledged) <= stored(process)
        if whom == "worker":
            wait_until(process.is_up, 120)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = run(tmp_path, "--port", port)
    assert code == 12
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_it_does_not_listen_to_the_world_without_keys(tmp_path: Path) -> None:
    code, said = run(tmp_path, "--host", "0.0.0.0")
    assert code == 12
    assert "--keys" in said


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (["--pack", "no-such-pack"], 4, "no-such-pack"),
        (["--log", "ftp://host/log"], 11, "'ftp://' is no kind of store. Use one of s3://"),
        (["--never-without", "luck"], 2, "luck"),
    ],
)
def test_what_cannot_start_says_why_in_one_message(
    tmp_path: Path, pack: str, options: list[str], code: int, problem: str
) -> None:
    found, said = run(tmp_path, "--port", "0", "--pack", pack, *options)
    assert (found, "Traceback" in said) == (code, False)
    assert problem in said


def run(folder: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "shelfguard", "serve", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=180,
    )
    return done.returncode, done.stderr
