"""How a server is started."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from shelfguard.decision import Mode
from shelfguard.serve.deciding.lanes import Pace
from shelfguard.serve.ledger import KeepListings
from shelfguard.serve.server import Limits


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator chooses; pickled into each worker."""

    pack: str = "ca-marketplace"
    model: str | None = None
    market: str | None = None
    mode: Mode = "shadow"
    store: str | None = "sqlite:///shelfguard.db"
    keep: KeepListings = "flagged"
    keys: bool = False
    """Whether clients must have a key."""
    rate: str | None = None
    redis: str | None = None
    log: str | None = None
    webhooks: Path | None = None
    dead_letters: Path = Path("dead-letters.jsonl")
    challenger: str | None = None
    backend: str | None = None
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    drain: float = 1.0
    """Seconds between being told to stop and no longer answering."""
    log_level: str = "info"
