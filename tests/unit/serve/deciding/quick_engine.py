"""A tiny engine that leaves `maybe` open to a later stage, and can be held up."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pyarrow as pa

from shelfguard.decision import Decisions
from shelfguard.engine import Engine
from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.serve.deciding.generation import Generation
from tests.unit.run.fake_engine import FakeEngine


@dataclass
class HeldEngine(FakeEngine):
    """Waits before each batch until it may go on; without its encoder it leaves `maybe` open.

    It fails on `poison`, and where it has its encoder on `deep`.
    """

    may_go: threading.Event = field(default_factory=threading.Event)
    decided: list[list[str]] = field(default_factory=list)
    begun: int = 0

    def run(self, batch: Batch, *, without: frozenset[str] = frozenset()) -> Decisions:
        self.begun += 1
        assert self.may_go.wait(60)
        fatal = "poison" if "encoder" in without else "deep"
        if any(fatal in id_ for id_ in batch.ids()):
            raise RuntimeError(f"no engine can decide what is {fatal}")
        self.decided.append(batch.ids())
        decisions = super().run(batch)
        if "encoder" not in without:
            return decisions
        outcomes = decisions.table["outcome"].to_pylist()
        open_rows = frozenset(row for row, outcome in enumerate(outcomes) if outcome == "review")
        degraded = [["encoder: left out"] if row in open_rows else [] for row in range(len(batch))]
        place = decisions.table.schema.get_field_index("degraded")
        kind = pa.list_(pa.string())
        table = decisions.table.set_column(place, "degraded", pa.array(degraded, kind))
        return replace(decisions, table=table, left_out={"encoder": open_rows})


def generation(label: str = "test@1", *, held: bool = False) -> Generation:
    """A generation of two such engines."""
    quick, thorough = HeldEngine(), HeldEngine()
    thorough.may_go.set()
    if not held:
        quick.may_go.set()
    pack = cast("Pack", label)
    return Generation(pack, cast("Engine", quick), cast("Engine", thorough), datetime.now(UTC))
