"""A tiny engine: listings whose title says `knife` are blocked, `maybe` go to review."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import DECISION_SCHEMA, Decisions
from shelfguard.images.reader import Fetches
from shelfguard.listing import Batch

REASON = {
    "clause": "CA-WPN-003",
    "citation": "Criminal Code, s. 84(1)",
    "outcome": "block",
    "probability": 0.9,
    "raw": 2.5,
    "stage": "student",
    "evidence": [{"kind": "span", "signal": "text", "field": "title", "quote": "knife"}],
}


@dataclass
class FakeEngine:
    """Decides by one word of the title, a whole batch at a time."""

    models: dict[str, str] = field(default_factory=lambda: {"student": "0" * 64})
    clauses: tuple[str, ...] = ("CA-WPN-003", "CA-DRG-001")
    batches: int = 0
    fetches: Fetches | None = None

    def run(self, batch: Batch) -> Decisions:
        self.batches += 1
        titles = pa.array([title[0][1] for title in batch.table["title"].to_pylist()], pa.string())
        knife, maybe = (pc.match_substring(titles, word) for word in ("knife", "maybe"))
        outcome = pc.if_else(knife, "block", pc.if_else(maybe, "review", "allow"))
        reasons = [[REASON] if hit else [] for hit in knife.to_pylist()]
        rows = len(batch)
        scores = np.full((rows, 2), np.nan, np.float32)
        scores[:, 0] = np.asarray(knife)
        sources = batch.table["source"].combine_chunks()
        hashes = batch.content_hashes()
        columns = {
            "id": hashes,
            "listing_id": batch.table["id"],
            "content_hash": hashes,
            "source_uri": pc.struct_field(sources, "uri"),
            "source_row": pc.struct_field(sources, "row"),
            "pack": ["test@1+0"] * rows,
            "models": [",".join(self.models.values())] * rows,
            "outcome": outcome,
            "reasons": pa.array(reasons, DECISION_SCHEMA.field("reasons").type),
            "stage": ["student"] * rows,
            "cost": [1.0] * rows,
            "mode": ["shadow"] * rows,
            "degraded": pa.array([[]] * rows, pa.list_(pa.string())),
            "pictures": pa.array([[]] * rows, DECISION_SCHEMA.field("pictures").type),
            "decided_at": pa.array([datetime.now(UTC)] * rows, pa.timestamp("us", tz="UTC")),
            "ms": pa.array([0.01] * rows, pa.float32()),
        }
        table = pa.table(columns, schema=DECISION_SCHEMA)
        return Decisions(table, self.clauses, scores, {"student": 0.001}, {"student": rows})


def listings(rows: int, start: int = 0) -> Batch:
    """Every tenth listing is a knife, every tenth but one a maybe."""
    words = {0: "knife", 5: "maybe"}
    return Batch.from_records(
        {
            "id": f"sku-{n}",
            "title": {"en": f"Folding {words.get(n % 10, 'chair')} number {n}"},
            "description": {"en": "A thing to have at home, made to last and easy to clean."},
            "source": {"format": "csv", "uri": "feed.csv", "row": n, "revision": None},
        }
        for n in range(start, start + rows)
    )


class SlowEngine(FakeEngine):
    """Takes long enough over a batch to be killed in the middle."""

    def run(self, batch: Batch) -> Decisions:
        time.sleep(0.05)
        return super().run(batch)
