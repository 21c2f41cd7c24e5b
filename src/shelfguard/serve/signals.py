"""What a process is asked by signals, in a form that it can wait for beside other things."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from types import FrameType

WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Notes SIGTERM and SIGINT, which ask to stop, and SIGHUP."""

    def __init__(self) -> None:
        self.stop = self.hangup = False
        self._wakes, self._waker = os.pipe()

    def wait(self, others: Sequence[Connection | int], timeout: float | None = None) -> bool:
        """Until one of these can be read from (true), a signal comes, or the time is over."""
        ready = wait([self._wakes, *others], timeout)
        with suppress(BlockingIOError):
            os.read(self._wakes, 4096)
        return any(each != self._wakes for each in ready)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.hangup = True
        else:
            self.stop = True

    @classmethod
    @contextmanager
    def watched(cls) -> Iterator[Signals]:
        """Note signals until the block ends; only the main thread may."""
        found = cls()
        for end in (found._wakes, found._waker):
            os.set_blocking(end, False)
        handlers = {number: signal.signal(number, found._note) for number in WATCHED}
        before = signal.set_wakeup_fd(found._waker, warn_on_full_buffer=False)
        try:
            yield found
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(found._waker)
            os.close(found._wakes)
