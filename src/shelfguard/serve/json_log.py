"""Log lines as JSON objects, one a line, on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from pydantic_core import to_json

from shelfguard.serve.line_writer import LineWriter

CHATTY = ("alembic", "httpcore", "httpx", "uvicorn.error")
"""Loggers that tell what nobody asked: of httpx, addresses of webhooks, which may hold a token."""


class JsonLines(logging.Formatter):
    """Time, level, logger, message, and what a record carries under `about`."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        try:
            return to_json(line, fallback=str).decode()
        except ValueError:  # half of a surrogate pair, which JSON can spell and UTF-8 cannot
            return json.dumps(line, default=str)


def log_json(level: str) -> None:
    """Have everything that this process logs written so."""
    # What no line tells need not be found out for each of them: "Optimization" in Python's manual.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = LineWriter(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
