"""A scan whose driver is killed outright in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shelfguard.run.folder import Folder
from tests.waiting import wait_until

START_S = 300.0
"""What an engine may need to start on a busy machine."""


def kill_in_the_middle(engine: str, feed: Sequence[Path], out: Path) -> set[int]:
    """Start a scan in another process and SIGKILL it; the chunks that it had committed."""
    command = [sys.executable, "-m", "tests.engines.drive", engine, str(out), *map(str, feed)]
    chunks = Folder(out).chunks
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        wait_until(lambda: len(chunks.committed()) > 2 or driver.poll() is not None, START_S)
        assert driver.poll() is None
        driver.send_signal(signal.SIGKILL)
    return chunks.committed()
