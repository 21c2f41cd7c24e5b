"""What docs/api.md and the README show is run as it stands there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.e2e.serving import serving

ROOT = Path(__file__).resolve().parents[2]
CURL = re.compile(r"^curl (?:.*\\\n)*.*$", re.MULTILINE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_call_that_is_shown_gives_what_it_is_shown_for(tmp_path: Path) -> None:
    pages = ("README.md", "docs/api.md")
    calls = [call for page in pages for call in CURL.findall((ROOT / page).read_text("utf-8"))]
    assert len(calls) >= 3
    with serving(tmp_path, "--deadline-ms", "60000") as process:
        for call in calls:
            command = call.replace("localhost:8080", process.address)
            done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=True)
            told = done.stdout.decode().splitlines()
            assert told, call
            if "/v1/decisions" in call:
                answer = json.loads(told[-1])  # after the headers, where they are asked for
                decisions = answer.get("decisions", [answer])
                assert all("outcome" in decision for decision in decisions), answer
