"""How Python runs in a process that answers requests."""

from __future__ import annotations

import gc
import sys

SWITCH_SECONDS = 0.0005
"""How soon the thread that reads requests gets its turn from those that decide; measured."""

COLLECT = (100_000, 50, 1000)
"""When Python looks for garbage; at its own pace that took a seventh of the time, measured."""


def tune() -> None:
    """Have short turns and rare looks for garbage, which pass over all that is loaded by now."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
