"""The OpenAPI document against the server that it describes: schemathesis finds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
from tests.e2e.serving import serving

CONFIG = Path(__file__).parent / "contract" / "schemathesis.toml"


def test_the_server_keeps_every_promise_of_its_document(tmp_path: Path) -> None:
    with serving(tmp_path, "--deadline-ms", "60000", "--log-level", "error") as process:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
                *("run", f"{process.address}/openapi.json", "--checks", "all", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        document = httpx.get(f"{process.address}/openapi.json").json()
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert document["openapi"].startswith("3.1")
    assert "No issues found" in done.stdout, done.stdout[-2000:]
