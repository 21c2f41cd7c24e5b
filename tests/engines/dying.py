"""Engines whose process dies in the middle, once."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from shelfguard.decision import Decisions
from shelfguard.listing import Batch
from tests.unit.run.fake_engine import FakeEngine


@dataclass
class DyingOnce(FakeEngine):
    """Takes SIGKILL at the batch that has this listing: before it is decided, or, where `part` is
    given, as soon as that folder shows that it is committed."""

    listing_id: str = ""
    mark: Path = Path()
    part: Path | None = None

    def run(self, batch: Batch) -> Decisions:
        if self.listing_id in batch.ids() and self._is_first():
            if self.part is None:
                _die()
            threading.Thread(target=_die_after, args=[self.part], daemon=True).start()
        return super().run(batch)

    def _is_first(self) -> bool:
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def _die_after(part: Path) -> None:
    while not part.exists():
        time.sleep(0.0001)
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
