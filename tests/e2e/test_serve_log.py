"""`shelfguard serve --log`: the log has every decision, also of a server that was killed."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from tests.e2e.serving import Clients, serving
from tests.unit.serve.lexicon_pack import lexicon_pack
from tests.unit.serve.running import running
from tests.waiting import wait_until
from typer.testing import CliRunner

from shelfguard.cli.main import app


def verified(log: Path) -> dict[str, Any]:
    """What `shelfguard log verify` says of a log that is whole."""
    found = CliRunner().invoke(app, ["log", "verify", str(log), "--json"])
    assert found.exit_code == 0, found.output
    return dict(json.loads(found.output))


def test_what_a_killed_server_decided_is_written_by_the_next(tmp_path: Path) -> None:
    pack, log = lexicon_pack(tmp_path / "pack"), tmp_path / "log"
    with serving(tmp_path, "--pack", pack, "--log", str(log)) as process:
        workers = process.workers
        with Clients(process.address, count=2) as clients:
            for pid in (process.popen.pid, *workers):
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: bool(clients.errors))
    with running(tmp_path, pack=pack, log=str(log)):
        pass
    assert verified(log)["rows"] >= len(clients.acknowledged)
    last = clients.acknowledged[-1]
    shown = CliRunner().invoke(app, ["log", "show", str(log), "--listing", last])
    assert json.loads(shown.output)["listing_id"] == last
