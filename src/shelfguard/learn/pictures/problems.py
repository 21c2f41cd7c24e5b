"""What of an operator's pictures was left out, told to a person."""

from __future__ import annotations

from collections.abc import Sequence

from shelfguard.errors import DataError
from shelfguard.learn.train.trainer import Watch

SHOWN = 10
"""Of a faulty folder: the rest is counted."""


def tell(problems: Sequence[DataError], watch: Watch) -> None:
    """Say what was left out, and why."""
    for problem in problems[:SHOWN]:
        watch.say(f"left out: {problem}")
    if len(problems) > SHOWN:
        watch.say(f"left out: {len(problems) - SHOWN} more like these")
