"""Log lines on their way out, many in one write."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

SOON = 0.05
"""Seconds that a line may wait for others."""

MOST_LINES = 10_000
"""Lines that wait at most; whoever has one more waits for whoever reads the log."""


class LineWriter(logging.Handler):
    """Writes lines from a thread of its own, warnings and worse at once.

    A write lets go of the interpreter, which the thread that answers requests gets back only after
    those that decide have had their turn: one write a request is what it would wait for most.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream, self._lines, self._some = stream, deque[str](), threading.Event()
        self._writing = threading.RLock()  # what is collected meanwhile may log on this thread
        threading.Thread(target=self._write_soon, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(f"{self.format(record)}\n")
            if record.levelno >= logging.WARNING or len(self._lines) > MOST_LINES:
                self.flush()
            elif not self._some.is_set():
                self._some.set()
        except Exception:  # as every handler of the standard library does
            self.handleError(record)

    def flush(self) -> None:
        """Write all that waits.

        Raises:
            OSError, ValueError: it could not be written; it waits on.
        """
        with self._writing:
            lines = list(self._taken())
            try:
                self._stream.write("".join(lines))
                self._stream.flush()
            except (OSError, ValueError):
                self._lines.extendleft(reversed(lines))
                raise

    def _taken(self) -> Iterator[str]:
        """What waits, which whoever logs meanwhile may add to."""
        with suppress(IndexError):
            while True:
                yield self._lines.popleft()

    def _write_soon(self) -> None:
        while self._some.wait():
            time.sleep(SOON)
            self._some.clear()
            with suppress(OSError, ValueError):  # nobody reads it, so nobody can be told
                self.flush()
