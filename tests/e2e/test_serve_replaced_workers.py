"""`shelfguard serve` when a worker cannot be replaced, and when all have to follow one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.e2e.serving import Clients, Process, serving
from tests.slow import slow
from tests.unit.serve.lexicon_pack import MUG, lexicon_pack
from tests.waiting import wait_until

pytestmark = slow  # a dozen servers, some with three workers

PATIENT = {"x-deadline-ms": "60000"}


@pytest.fixture
def pack(tmp_path: Path) -> str:
    """Allows the mug."""
    return lexicon_pack(tmp_path / "knuckles")


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    """Sends the mug to review."""
    return lexicon_pack(tmp_path / "mugs", words="stoneware mug")


@contextmanager
def store_away(process: Process) -> Iterator[None]:
    """No worker can be started until the block ends, as none can open the store."""
    away = process.store.with_suffix(".away")
    process.store.rename(away)
    process.store.mkdir()
    try:
        yield
    finally:
        process.store.rmdir()
        away.rename(process.store)


def outcome(process: Process) -> str:
    """What is decided on the mug, over a connection of its own."""
    answer = httpx.post(f"{process.address}/v1/decisions", json=MUG, headers=PATIENT, timeout=60)
    return str(answer.json()["outcome"])


def reload(process: Process, pack: str) -> httpx.Response:
    return httpx.post(f"{process.address}/v1/admin/reload", json={"pack": pack}, timeout=180)


def test_a_hangup_for_a_pack_that_cannot_be_loaded_leaves_the_workers_as_they_are(
    tmp_path: Path, pack: str
) -> None:
    manifest = Path(pack, "pack.yaml")
    sound = manifest.read_text()
    with serving(tmp_path, "--pack", pack, "--workers", "2") as process:
        before = process.workers
        manifest.write_text(f"{sound}nonsense: 1\n")
        process.signal(signal.SIGHUP)
        wait_until(lambda: "the others go on as they are" in process.said, 120)
        assert "field 'nonsense'" in process.said
        assert "send SIGHUP again" in process.said
        assert process.is_up()
        wait_until(lambda: process.workers == before)
        manifest.write_text(sound)
        process.signal(signal.SIGHUP)
        wait_until(lambda: len(process.workers - before) == 2 == len(process.workers), 180)


def test_told_to_stop_while_it_replaces_workers_it_starts_no_more_of_them(
    tmp_path: Path, pack: str
) -> None:
    with serving(tmp_path, "--pack", pack, "--workers", "3") as process:
        before = process.workers
        process.signal(signal.SIGHUP)
        wait_until(lambda: bool(process.workers - before))
        started = process.workers - before
        process.signal(signal.SIGTERM)
        while process.popen.poll() is None:
            started |= process.workers - before
        assert process.popen.returncode == 0
        assert len(started) == 1


def test_a_worker_that_died_is_replaced_once_the_store_is_back_and_the_other_goes_on(
    tmp_path: Path, pack: str
) -> None:
    with serving(tmp_path, "--pack", pack, "--workers", "2") as process:
        with store_away(process):
            victim = min(process.workers)
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: process.said.count("1 workers are missing") >= 2, 120)
            assert process.is_up()
        wait_until(lambda: len(process.workers - {victim}) == 2, 120)
        assert process.is_up()


def test_a_reload_is_done_when_every_process_decides_by_it_and_no_request_fails(
    tmp_path: Path, pack: str, stricter: str
) -> None:
    with serving(tmp_path, "--pack", pack, "--workers", "2") as process:
        before = process.workers
        with Clients(process.address) as clients:
            answer = reload(process, stricter)
            outcomes = {outcome(process) for _ in range(40)}
            clients.more()
        assert (answer.status_code, answer.json()["processes"]) == (200, 2)
        assert outcomes == {"review"}
        assert clients.errors == []
        assert set(clients.statuses) == {200}
        assert len(process.workers - before) == 1


def test_a_worker_that_is_started_after_a_reload_decides_by_it(
    tmp_path: Path, pack: str, stricter: str
) -> None:
    with serving(tmp_path, "--pack", pack) as process:
        (before,) = process.workers
        assert reload(process, stricter).json()["processes"] == 1
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: bool(process.workers - {before}), 120)
        assert outcome(process) == "review"


def test_a_reload_that_not_all_can_follow_yet_is_told_and_goes_on(
    tmp_path: Path, pack: str, stricter: str
) -> None:
    with serving(tmp_path, "--pack", pack, "--workers", "2") as process:
        before = process.workers
        with store_away(process):
            answer = reload(process, stricter)
            assert (answer.status_code, answer.json()["processes"]) == (503, 1)
            assert "not all workers have followed" in answer.json()["detail"]
        wait_until(lambda: len(process.workers - before) == 1 and len(process.workers) == 2, 180)
        assert {outcome(process) for _ in range(40)} == {"review"}
