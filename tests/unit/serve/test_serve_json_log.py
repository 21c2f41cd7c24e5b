"""Log lines as JSON, and what is kept out of them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from shelfguard.serve.json_log import JsonLines

SCRIPT = """
import logging
import httpx
from shelfguard.serve.json_log import log_json

log_json({level!r})
answering = httpx.MockTransport(lambda _: httpx.Response(200))
httpx.Client(transport=answering).post("https://example.org/hook?token=secret")
logging.getLogger("shelfguard.sender").{level}("sent", extra={{"about": {{"endpoint": "desk"}}}})
"""


@pytest.mark.parametrize("level", ["info", "debug"])
def test_the_address_of_a_webhook_is_not_logged(level: str) -> None:
    run = [sys.executable, "-c", SCRIPT.format(level=level)]
    lines = subprocess.run(run, capture_output=True, text=True, check=True).stderr.splitlines()
    (line,) = map(json.loads, lines)
    assert (line["level"], line["logger"], line["endpoint"]) == (level, "shelfguard.sender", "desk")


@pytest.mark.parametrize("text", ["prix : 5 €", 'a "quoted"\nline', "half a pair: \ud83d"])
def test_any_text_is_one_line_and_reads_as_it_was(text: str) -> None:
    record = logging.LogRecord("test", logging.INFO, __file__, 1, text, None, None)
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == text
