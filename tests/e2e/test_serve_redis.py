"""`shelfguard serve --redis`: servers share rates and answers, and end while Redis stays."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
from tests.e2e.serving import serving
from tests.servers.redis import redis_server
from tests.unit.serve.lexicon_pack import KNUCKLES, lexicon_pack


def test_a_server_with_connections_to_redis_ends_when_it_is_told_to(tmp_path: Path) -> None:
    pack = lexicon_pack(tmp_path / "pack")
    with redis_server(tmp_path) as url:
        options = ["--pack", pack, "--cache", "--rate", "2/hour", "--redis", url]
        with serving(tmp_path, *options) as process:
            statuses = [
                httpx.post(f"{process.address}/v1/decisions", json=KNUCKLES).status_code
                for _ in range(3)
            ]
            process.signal(signal.SIGTERM)
            assert process.popen.wait(60) == 0
        assert statuses == [200, 200, 429]
