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
def test_every_call_that_is_shown_gives_decisions(tmp_path: Path) -> None:
    pages = ("README.md", "docs/api.md")
    calls = [call for page in pages for call in CURL.findall((ROOT / page).read_text("utf-8"))]
    assert len(calls) >= 3
    with serving(tmp_path, "--deadline-ms", "60000") as process:
        for call in calls:
            command = call.replace("localhost:8080", process.address)
            done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=True)
            answer = json.loads(done.stdout)
            decisions = answer.get("decisions", [answer])
            assert all("outcome" in decision for decision in decisions), answer
