"""Events that wait while their server stops."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.serve.lexicon_pack import KNUCKLES, lexicon_pack
from tests.unit.serve.running import running
from tests.unit.serve.webhooks.receiver import Receiver
from tests.waiting import wait_until

WRITTEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_what_waits_when_a_server_stops_is_sent_by_the_next(tmp_path: Path) -> None:
    pack, endpoints = lexicon_pack(tmp_path / "pack"), tmp_path / "webhooks.yaml"
    with Receiver(statuses=[503] * 1000).listening() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/hook"
        entry = {"name": "desk", "url": url, "secrets": [WRITTEN]}
        endpoints.write_text(json.dumps({"endpoints": [entry]}))
        with running(tmp_path, pack=pack, webhooks=endpoints) as api:
            decision = api.decide(KNUCKLES).json()
            wait_until(lambda: bool(receiver.received))
        refused = len(receiver.received)
        receiver.statuses.clear()
        with running(tmp_path, pack=pack, webhooks=endpoints):
            wait_until(lambda: len(receiver.received) > refused)
    assert len(set(receiver.ids)) == 1
    assert json.loads(receiver.received[-1][1])["data"] == decision
