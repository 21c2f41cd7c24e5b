"""What is written of one chunk, wherever it is kept."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import Decisions, Outcome
from shelfguard.listing import Batch
from shelfguard.run.counts import Counts
from shelfguard.run.export import EXPORTERS, Format

DECISIONS, FLAGGED, SCORES, QUARANTINE = "decisions", "flagged", "scores", "quarantine"


class Part(ABC):
    """One attempt at the result of one chunk, which counts from `commit` on.

    Of several attempts at a chunk the first to commit is kept. The others are dropped: they hold
    the same decisions.
    """

    def write_decisions(self, decisions: Decisions, batch: Batch, export: Format | None) -> None:
        """Write all decisions, and the listings behind those that are not `allow`."""
        table = decisions.table
        flagged = pc.not_equal(table.column("outcome"), Outcome.ALLOW.value)
        self.write_table(DECISIONS, table)
        self.write_table(FLAGGED, batch.table.filter(flagged))
        if export:
            self.write(DECISIONS, export, EXPORTERS[export](table))

    def write_scores(self, decisions: Decisions) -> None:
        """Write the probability of every clause, null where unknown."""
        self.write_table(SCORES, scores_table(decisions))

    def write_quarantine(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write the rows that could not be read; most chunks have none, and then no file."""
        if rows:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            self.write(QUARANTINE, "jsonl", lines.encode())

    @abstractmethod
    def write_table(self, name: str, table: pa.Table) -> None:
        """Write one table."""

    @abstractmethod
    def write(self, name: str, suffix: str, data: bytes) -> None:
        """Write one file that is no table."""

    @abstractmethod
    def flush(self) -> None:
        """Have what was written so far survive a kill."""

    @abstractmethod
    def commit(self, counts: Counts) -> None:
        """Make all of it count at once, unless another attempt was first."""


def scores_schema(clauses: Sequence[str]) -> pa.Schema:
    """`listing_id` and one float32 column a clause."""
    return pa.schema([("listing_id", pa.string()), *((name, pa.float32()) for name in clauses)])


def scores_table(decisions: Decisions) -> pa.Table:
    """Probabilities as a wide table, null where unknown."""
    by_clause = (pa.array(column, from_pandas=True) for column in decisions.probabilities.T)
    ids = decisions.table.column("listing_id")
    return pa.table([ids, *by_clause], schema=scores_schema(decisions.clauses))
