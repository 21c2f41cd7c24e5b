"""`shelfguard serve --webhooks`: decisions arrive as signed events, whatever the receiver does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.serving import Process, serving
from tests.unit.serve.lexicon_pack import KNUCKLES, MUG, lexicon_pack
from tests.unit.serve.webhooks.receiver import SECRET, Receiver
from tests.waiting import wait_until
from typer.testing import CliRunner

from shelfguard.cli.main import app
from shelfguard.serve.webhooks.signature import verify

WRITTEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DEAD_LETTERS = "dead-letters.jsonl"

Message = tuple[dict[str, str], dict[str, Any]]
"""Headers and event."""


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("webhooks")


@pytest.fixture(scope="module")
def process(folder: Path, receiver: Receiver) -> Iterator[Process]:
    with serving(folder, *options(folder, receiver)) as found:
        yield found


def options(folder: Path, receiver: Receiver) -> list[str]:
    """A server's options to tell the receiver of all that a person must see."""
    (folder / "desk.secret").write_text(WRITTEN)
    entry = {
        "name": "desk",
        "url": f"http://127.0.0.1:{receiver.port}/hook",
        "secret_files": ["desk.secret"],
    }
    (folder / "webhooks.yaml").write_text(json.dumps({"endpoints": [entry]}))
    return ["--pack", lexicon_pack(folder / "pack"), "--webhooks", "webhooks.yaml"]


def decide(process: Process, listing: dict[str, Any]) -> dict[str, Any]:
    answer = httpx.post(f"{process.address}/v1/decisions", json=listing, timeout=60)
    assert answer.status_code == 200
    return dict(answer.json())


def received(receiver: Receiver, listing_id: str) -> list[Message]:
    """What came about a listing, each with a signature that fits."""
    found = []
    for headers, body in list(receiver.received):
        verify([SECRET], headers, body, time.time())
        event = json.loads(body)
        if event["subject"] == listing_id:
            found.append((headers, event))
    return found


def test_a_decision_arrives_as_an_event_that_is_signed(
    process: Process, receiver: Receiver
) -> None:
    decision = decide(process, KNUCKLES | {"id": "signed"})
    wait_until(lambda: bool(received(receiver, "signed")))
    ((headers, event),) = received(receiver, "signed")
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert event["data"] == decision
    assert event["id"] == headers["webhook-id"]
    assert (event["specversion"], event["type"]) == ("1.0", "shelfguard.decision.v1")


def test_what_passes_is_told_to_nobody(process: Process, receiver: Receiver) -> None:
    decide(process, MUG | {"id": "passed"})
    decide(process, KNUCKLES | {"id": "after"})
    wait_until(lambda: bool(received(receiver, "after")))
    assert received(receiver, "passed") == []


def test_a_receiver_that_fails_is_asked_again_under_the_same_id(
    process: Process, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    decide(process, KNUCKLES | {"id": "again"})
    wait_until(lambda: len(received(receiver, "again")) == 2)
    first, second = (event["id"] for _, event in received(receiver, "again"))
    assert first == second


def test_what_is_given_up_stands_among_dead_letters_and_can_be_sent_again(
    process: Process, receiver: Receiver, folder: Path
) -> None:
    receiver.statuses = [410]
    decision = decide(process, KNUCKLES | {"id": "dead"})
    dead = folder / DEAD_LETTERS
    wait_until(lambda: dead.exists() and dead.read_bytes().endswith(b"\n"))
    letter = json.loads(dead.read_text("utf-8"))
    assert (letter["endpoint"], letter["reason"]) == ("desk", "answered 410")
    assert letter["event"]["data"] == decision

    arguments = ["webhooks", "resend", str(dead), "--store", f"sqlite:///{process.store}"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    wait_until(lambda: len(received(receiver, "dead")) == 2)
    assert {event["id"] for _, event in received(receiver, "dead")} == {letter["id"]}
    assert dead.read_bytes() == b""
