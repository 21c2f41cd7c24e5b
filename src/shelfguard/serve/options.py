"""How a server is started."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from shelfguard.decision import Mode
from shelfguard.engine.picture_source import PictureSource
from shelfguard.serve.deciding.lanes import Pace
from shelfguard.serve.ledger import KeepListings
from shelfguard.serve.server import Limits
from shelfguard.store import DEFAULT


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator chooses; pickled into each worker."""

    pack: str = "ca-marketplace"
    model: str | None = None
    market: str | None = None
    mode: Mode = "shadow"
    store: str | None = DEFAULT
    keep: KeepListings = "flagged"
    keys: bool = False
    """Whether clients must have a key."""
    rate: str | None = None
    """Listings that a client may ask for: 600/minute."""
    cache: bool = False
    redis: str | None = None
    """Where servers share rates and remembered decisions; each has its own otherwise."""
    log: str | None = None
    """Folder or URL of the decision log."""
    images: PictureSource | None = None
    webhooks: Path | None = None
    dead_letters: Path = Path("dead-letters.jsonl")
    challenger_pack: str | None = None
    challenger_model: str | None = None
    backend: str | None = None
    """Where transformers run: triton://HOST:PORT, or in this process."""
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    drain: float = 1.0
    """Seconds between being told to stop and no longer answering."""
    log_level: str = "info"

    def deciding_by(self, pack: str, model: str | None) -> Options:
        """The same with another champion; the challenger stays what it is."""
        challenger = self.challenger_pack or (self.pack if self.challenger_model else None)
        return replace(self, pack=pack, model=model, challenger_pack=challenger)
