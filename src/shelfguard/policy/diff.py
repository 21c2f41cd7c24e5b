"""What changes on one feed when one decider replaces another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heappushpop
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import Decider, Outcome
from shelfguard.listing import Batch
from shelfguard.policy.interval import Share

Change = Literal["added", "removed", "changed"]
CHANGES: tuple[Change, ...] = ("added", "removed", "changed")
TO_A_PERSON = (Outcome.REVIEW, Outcome.ESCALATE)


class Flip(NamedTuple):
    """One listing on which one clause counts otherwise than before; None: not at all."""

    id: str
    title: str
    old: str | None
    new: str | None

    @property
    def change(self) -> Change:
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


@dataclass
class ClauseDiff:
    """Flips of one clause: counts, and a sample that does not depend on feed order."""

    counts: Counter[Change] = field(default_factory=Counter)
    kept: list[tuple[int, int, Flip]] = field(default_factory=list)

    def add(self, flip: Flip, samples: int) -> None:
        self.counts[flip.change] += 1
        rank = -int.from_bytes(blake2b(flip.id.encode(), digest_size=8).digest())
        item = (rank, -self.flips, flip)
        if len(self.kept) < samples:
            heappush(self.kept, item)
        elif samples:
            heappushpop(self.kept, item)

    @property
    def flips(self) -> int:
        return self.counts.total()

    @property
    def samples(self) -> list[Flip]:
        return [flip for *_, flip in sorted(self.kept, reverse=True)]


@dataclass
class Diff:
    """Flips and load over all rows seen. Memory grows with clauses, not with rows."""

    rows: int = 0
    flipped_rows: int = 0
    clauses: dict[str, ClauseDiff] = field(default_factory=dict)
    old: Counter[Outcome] = field(default_factory=Counter)
    new: Counter[Outcome] = field(default_factory=Counter)

    def share(self, clause: str | None = None) -> Share:
        """The share of rows on which this clause, or any, flipped."""
        if clause is None:
            return Share(self.flipped_rows, self.rows)
        return Share(self.clauses[clause].flips if clause in self.clauses else 0, self.rows)

    def load(self, side: Literal["old", "new"]) -> float:
        """Rows sent to a person, per 10,000 listings."""
        counts = self.old if side == "old" else self.new
        return 10_000 * sum(counts[outcome] for outcome in TO_A_PERSON) / max(self.rows, 1)

    def ranked(self) -> list[tuple[str, ClauseDiff]]:
        """Clauses that flipped, most flips first."""
        return sorted(self.clauses.items(), key=lambda item: (-item[1].flips, item[0]))

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "rows": self.rows,
            "flipped": self.share().as_dict(),
            "review_per_10000": {"old": self.load("old"), "new": self.load("new")},
            "outcomes": {
                str(outcome): {"old": self.old[outcome], "new": self.new[outcome]}
                for outcome in Outcome
            },
            "clauses": {
                clause: {
                    **{change: part.counts[change] for change in CHANGES},
                    "flipped": self.share(clause).as_dict(),
                    "samples": [flip._asdict() for flip in part.samples],
                }
                for clause, part in self.ranked()
            },
        }


def compare(old: Decider, new: Decider, batches: Iterable[Batch], *, samples: int = 5) -> Diff:
    """Run both deciders over one feed, batch by batch."""
    diff = Diff()
    for batch in batches:
        before, after = old.run(batch).table, new.run(batch).table
        diff.rows += len(batch)
        for side, table in ((diff.old, before), (diff.new, after)):
            side.update(Outcome(v) for v in table.column("outcome").to_pylist())
        for clause, flip in _flips(batch, before, after, diff):
            diff.clauses.setdefault(clause, ClauseDiff()).add(flip, samples)
    return diff


def _flips(
    batch: Batch, before: pa.Table, after: pa.Table, diff: Diff
) -> Iterator[tuple[str, Flip]]:
    """(clause, flip) of every clause of every row that changed; counts those rows."""
    was, now = _reasons(before), _reasons(after)
    rows = sorted(row for row in was.keys() | now.keys() if was.get(row) != now.get(row))
    diff.flipped_rows += len(rows)
    records = batch.take(rows).records() if rows else []
    for row, record in zip(rows, records, strict=True):
        title = next(iter(record["title"].values()), "")
        old, new = was.get(row, {}), now.get(row, {})
        for clause in sorted(old.keys() | new.keys()):
            if old.get(clause) != new.get(clause):
                yield clause, Flip(record["id"], title, old.get(clause), new.get(clause))


def _reasons(table: pa.Table) -> dict[int, dict[str, str]]:
    """Clause to outcome, of the rows that have reasons."""
    column = table.column("reasons")
    rows = pc.indices_nonzero(pc.fill_null(pc.list_value_length(column), 0)).to_pylist()
    found = column.take(rows).to_pylist() if rows else []
    return {
        row: {reason["clause"]: reason["outcome"] for reason in reasons}
        for row, reasons in zip(rows, found, strict=True)
    }
