"""^C that no library can swallow."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
"""Exit code after ^C, as shells count it: 128 and the number of the signal."""


@contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """^C raises KeyboardInterrupt at once, and again when the function given is called.

    Compiled libraries may drop an exception that a signal raises inside them: pyarrow does
    while it looks for pandas, which is every time that it reads a Python value.
    """
    asked = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.default_int_handler(number, frame)

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
