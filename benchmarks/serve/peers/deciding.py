"""The engine as every peer holds it: batches of listings in, decisions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from shelfguard.engine import Engine
from shelfguard.policy.load import load_pack
from shelfguard.run.export import to_jsonl
from shelfguard.serve.deciding.batch import as_batch, sent

MOST = 64
"""Listings decided together, as many as in the API."""

WINDOW = 0.002
"""Seconds that a listing waits for others to go with, as in the API."""

Listing = Mapping[str, Any]


class Decider:
    """Reads listings without checking them, which spares the peers that work."""

    def __init__(self) -> None:
        self._engine = Engine.from_pack(load_pack("ca-marketplace"))
        self.table([{"id": "warm-up", "title": "Stainless steel water bottle"}])

    def table(self, listings: Sequence[Listing]) -> pa.Table:
        """Decisions in the order of the listings, as DECISION_SCHEMA has them."""
        drafts = [sent(listing, number) for number, listing in enumerate(listings, 1)]
        return self._engine.run(as_batch(drafts)).table

    def lines(self, listings: Sequence[Listing]) -> list[bytes]:
        """Each decision as the JSON that the API answers with."""
        return to_jsonl(self.table(listings)).splitlines()
