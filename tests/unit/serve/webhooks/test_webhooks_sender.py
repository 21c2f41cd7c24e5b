"""Delivery over real connections: retries, dead letters, and nothing lost to a kill."""

from __future__ import annotations

import json
import shutil
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from shelfguard.serve.webhooks.dead_letters import bury
from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.patience import Patience
from shelfguard.serve.webhooks.resend import resend
from shelfguard.serve.webhooks.sender import CONCURRENCY, Sender
from shelfguard.serve.webhooks.signature import verify
from shelfguard.store.database import connect, reading, writing
from shelfguard.store.deliveries import Delivery, enqueue, reschedule, waiting
from shelfguard.store.schema import upgrade
from shelfguard.store.tables import deliveries
from tests.unit.serve.webhooks.receiver import SECRET, Receiver
from tests.unit.serve.webhooks.sending import HASTY, send_until
from tests.waiting import wait_until


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Engine]:
    engine = connect(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as receiver:
        yield receiver


@pytest.fixture
def dead(tmp_path: Path) -> Path:
    return tmp_path / "out" / "dead-letters.jsonl"


def queue(store: Engine, *ids: str, endpoint: str = "desk") -> None:
    with writing(store) as connection:
        enqueue(connection, [Delivery.new(id_, endpoint, f'{{"id": "{id_}"}}') for id_ in ids])


def queued(store: Engine) -> int:
    with reading(store) as connection:
        return sum(waiting(connection).values())


def letters(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_an_event_arrives_signed_and_leaves_the_outbox(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: not queued(store))
    ((headers, body),) = receiver.received
    verify([SECRET], headers, body, datetime.now(UTC).timestamp())
    assert json.loads(body) == {"id": "msg_1"}
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert not dead.exists()


def test_a_long_answer_is_not_read_to_its_end(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    receiver.content = bytes(100_000_000)
    queue(store, "msg_1", "msg_2")
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: not queued(store))
    assert sorted(receiver.ids) == ["msg_1", "msg_2"]


@pytest.mark.parametrize("status", [500, 503, 429, 404, 302])
def test_a_failure_is_tried_again_under_the_same_id(
    store: Engine, receiver: Receiver, dead: Path, status: int
) -> None:
    receiver.statuses, receiver.headers = [status, status], {"location": "/elsewhere"}
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead, HASTY), lambda: not queued(store))
    assert receiver.ids == ["msg_1"] * 3


def test_a_receiver_that_is_gone_gets_no_second_attempt(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    receiver.statuses = [410]
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead, HASTY), lambda: not queued(store))
    (letter,) = letters(dead)
    assert len(receiver.received) == 1
    assert (letter["id"], letter["endpoint"], letter["attempts"]) == ("msg_1", "desk", 1)
    assert letter["reason"] == "answered 410"
    assert letter["event"] == {"id": "msg_1"}


def test_it_is_given_up_after_the_last_attempt(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    receiver.statuses = [500] * 9
    queue(store, "msg_1")
    patience = replace(HASTY, attempts=3)
    send_until(Sender(store, [receiver.endpoint()], dead, patience), lambda: not queued(store))
    assert [letter["attempts"] for letter in letters(dead)] == [3]
    assert len(receiver.received) == 3


def test_a_receiver_that_nobody_finds_is_told_so(store: Engine, dead: Path) -> None:
    with Receiver().listening() as receiver:
        endpoint = receiver.endpoint()
    queue(store, "msg_1")
    send_until(Sender(store, [endpoint], dead, Patience(attempts=1)), lambda: not queued(store))
    assert letters(dead)[0]["reason"].startswith("ConnectError")


def test_a_receiver_that_does_not_answer_in_time_has_failed(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    receiver.held = True
    queue(store, "msg_1")
    patience = Patience(attempt=timedelta(seconds=0.1), attempts=1)
    send_until(Sender(store, [receiver.endpoint()], dead, patience), lambda: not queued(store))
    assert letters(dead)[0]["reason"] == "no answer in 0.1 seconds"


def test_a_certificate_that_nobody_vouches_for_is_refused(
    store: Engine, dead: Path, tmp_path: Path
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, which makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = Endpoint("desk", f"https://localhost:{server.server_address[1]}/", (SECRET,))
        queue(store, "msg_1")
        send_until(Sender(store, [endpoint], dead, Patience(attempts=1)), lambda: not queued(store))
        server.shutdown()
        thread.join()
    assert "CERTIFICATE_VERIFY_FAILED" in letters(dead)[0]["reason"]


def test_retry_after_leaves_the_receiver_alone(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    receiver.statuses, receiver.headers = [503] * CONCURRENCY, {"retry-after": "3600"}
    queue(store, *(f"msg_{n}" for n in range(CONCURRENCY + 5)))
    other = Receiver()
    with other.listening():
        queue(store, *(f"other_{n}" for n in range(50)), endpoint="other")
        endpoints = [receiver.endpoint(), other.endpoint("other")]
        send_until(
            Sender(store, endpoints, dead, replace(HASTY, longest_wait=timedelta(hours=1))),
            lambda: queued(store) == CONCURRENCY + 5,
        )
    assert len(receiver.received) == CONCURRENCY
    with reading(store) as connection:
        times = connection.execute(select(deliveries.c.next_attempt_at)).scalars().all()
    later = [time for time in times if time > datetime.now(UTC) + timedelta(minutes=55)]
    assert len(later) == CONCURRENCY


def test_a_slow_endpoint_holds_up_no_other(store: Engine, receiver: Receiver, dead: Path) -> None:
    slow = Receiver(held=True)
    with slow.listening():
        queue(store, *(f"slow_{n}" for n in range(CONCURRENCY * 2)), endpoint="slow")
        queue(store, *(f"msg_{n}" for n in range(40)))
        endpoints = [slow.endpoint("slow"), receiver.endpoint()]
        sender = Sender(store, endpoints, dead, Patience(attempt=timedelta(minutes=1)))
        send_until(sender, lambda: len(receiver.received) == 40 and slow.release())
    assert slow.most_under_way <= CONCURRENCY


def test_stopping_lets_what_is_under_way_end(store: Engine, receiver: Receiver, dead: Path) -> None:
    receiver.held = True
    threading.Timer(0.5, receiver.release).start()
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: len(receiver.received) == 1)
    assert queued(store) == 0


def test_kill_9_in_the_middle_of_an_attempt_sends_again(
    store: Engine, url: str, receiver: Receiver, dead: Path
) -> None:
    receiver.held = True
    queue(store, "msg_1")
    program = [sys.executable, "-m", "tests.unit.serve.webhooks.sending"]
    with subprocess.Popen([*program, url, str(receiver.port), str(dead)]) as process:
        try:
            wait_until(lambda: len(receiver.received) == 1)
        finally:
            process.kill()
    assert queued(store) == 1
    with writing(store) as connection:
        reschedule(connection, "msg_1", datetime.now(UTC))
    receiver.release()
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: not queued(store))
    assert receiver.ids == ["msg_1"] * 2


def test_two_senders_send_each_event_once(
    store: Engine, url: str, receiver: Receiver, dead: Path
) -> None:
    ids = [f"msg_{n}" for n in range(60)]
    queue(store, *ids)
    program = [sys.executable, "-m", "tests.unit.serve.webhooks.sending"]
    with subprocess.Popen([*program, url, str(receiver.port), str(dead)]) as process:
        try:
            send_until(Sender(store, [receiver.endpoint()], dead), lambda: not queued(store))
        finally:
            process.terminate()
    assert sorted(receiver.ids) == sorted(ids)


def test_dead_letters_are_sent_again_and_leave_the_file(
    store: Engine, receiver: Receiver, dead: Path
) -> None:
    for id_ in ("msg_1", "msg_1", "msg_2"):
        bury(
            dead, Delivery.new(id_, "desk", f'{{"id": "{id_}"}}'), "answered 410", datetime.now(UTC)
        )
    queue(store, "msg_2")
    assert resend(store, dead) == 3
    assert dead.read_bytes() == b""
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: not queued(store))
    assert sorted(receiver.ids) == ["msg_1", "msg_2"]


def test_events_of_an_endpoint_that_is_gone_from_the_file_are_named(
    store: Engine, receiver: Receiver, dead: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue(store, "old_1", endpoint="old")
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: queued(store) == 1)
    assert "events wait for 'old'" in caplog.text


def test_a_store_out_of_reach_is_waited_for(
    tmp_path: Path, receiver: Receiver, dead: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = connect(f"sqlite:///{tmp_path / 'late.db'}")
    sender = Sender(store, [receiver.endpoint()], dead)
    made = False

    def arrived() -> bool:
        nonlocal made
        if not made and "out of reach" in caplog.text:
            upgrade(store)
            queue(store, "msg_1")
            made = True
        return len(receiver.received) == 1

    send_until(sender, arrived)
    store.dispose()


def test_what_cannot_be_buried_stays_in_the_outbox(
    store: Engine, receiver: Receiver, dead: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dead.mkdir(parents=True)
    receiver.statuses = [410]
    queue(store, "msg_1")
    send_until(Sender(store, [receiver.endpoint()], dead), lambda: "noted" in caplog.text)
    assert queued(store) == 1
