"""What a run counts, chunk by chunk and in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import Decisions, Outcome


@dataclass(slots=True)
class Counts:
    """Counts of listings. `read` is counted by the feed, so it shows if a row was lost after.

    `bytes` are those of the feed's files, as stored, that were read for them.
    """

    read: int = 0
    bytes: int = 0
    decided: int = 0
    quarantined: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    clauses: dict[str, Counter[str]] = field(default_factory=dict)
    degraded: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def flagged(self) -> int:
        """Listings that did not simply pass."""
        return self.decided - self.outcomes[Outcome.ALLOW]

    def add(self, other: Counts) -> None:
        """Take another count into this one."""
        self.read += other.read
        self.bytes += other.bytes
        self.decided += other.decided
        self.quarantined += other.quarantined
        for mine, theirs in (
            (self.warnings, other.warnings),
            (self.outcomes, other.outcomes),
            (self.degraded, other.degraded),
            (self.rows, other.rows),
        ):
            mine.update(theirs)
        for clause, outcomes in other.clauses.items():
            self.clauses.setdefault(clause, Counter()).update(outcomes)
        for stage, seconds in other.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def spend(self, stage: str, rows: int, seconds: float) -> None:
        """Record time spent by the runner itself."""
        self.rows[stage] += rows
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def summary(self) -> dict[str, Any]:
        """The `counts` of `run.json`."""
        return {
            "read": self.read,
            "decided": self.decided,
            "quarantined": self.quarantined,
            "warnings": dict(sorted(self.warnings.items())),
            "outcomes": {outcome.value: self.outcomes[outcome] for outcome in Outcome},
            "clauses": {name: dict(self.clauses[name]) for name in sorted(self.clauses)},
            "degraded": dict(sorted(self.degraded.items())),
        }

    def stages(self) -> dict[str, dict[str, float]]:
        """The `stages` of `run.json`, in seconds of all workers together."""
        return {
            name: {"rows": self.rows[name], "seconds": round(seconds, 6)}
            for name, seconds in self.seconds.items()
        }

    def to_json(self) -> dict[str, Any]:
        """Everything counted, as JSON values."""
        return {name.name: getattr(self, name.name) for name in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Counts:
        """Read back what `to_json` gave."""
        counters = ("warnings", "outcomes", "degraded", "rows")
        return cls(
            read=data["read"],
            bytes=data["bytes"],
            decided=data["decided"],
            quarantined=data["quarantined"],
            clauses={name: Counter(outcomes) for name, outcomes in data["clauses"].items()},
            seconds=dict(data["seconds"]),
            **{name: Counter(data[name]) for name in counters},
        )


def count_decisions(decisions: Decisions) -> Counts:
    """Count outcomes, reasons by clause, and what did not run."""
    table = decisions.table
    reasons = pc.list_flatten(table.column("reasons"))
    named, found = (pc.struct_field(reasons, name).to_pylist() for name in ("clause", "outcome"))
    clauses: dict[str, Counter[str]] = {}
    for clause, outcome in zip(named, found, strict=True):
        clauses.setdefault(clause, Counter())[outcome] += 1
    return Counts(
        decided=table.num_rows,
        outcomes=_tally(table.column("outcome")),
        clauses=clauses,
        degraded=_tally(pc.list_flatten(table.column("degraded"))),
        rows=Counter(decisions.rows),
        seconds=dict(decisions.seconds),
    )


def _tally(column: pa.ChunkedArray) -> Counter[str]:
    return Counter({pair["values"]: pair["counts"] for pair in column.value_counts().to_pylist()})
