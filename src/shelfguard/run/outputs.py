"""From committed parts to the files of a finished scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.listing import LISTING_SCHEMA
from shelfguard.run.counts import Counts
from shelfguard.run.export import Format, csv_header
from shelfguard.run.folder import Folder
from shelfguard.run.merge import REPEATING, merge_bytes, merge_tables
from shelfguard.run.parts import (
    DECISIONS,
    FLAGGED,
    QUARANTINE,
    SCORES,
    part_path,
    read_counts,
    scores_schema,
)


@dataclass(frozen=True, slots=True)
class Outputs:
    """The files that a scan was asked for."""

    folder: Folder
    clauses: Sequence[str]
    export: Format | None = None
    scores: Path | None = None

    def merge(self, chunks: int) -> None:
        """Join the parts of this many chunks, in feed order."""
        parts = [part_path(self.folder.parts, index) for index in range(chunks)]
        merge_tables(
            [part / DECISIONS for part in parts],
            self.folder / "decisions.parquet",
            DECISION_SCHEMA,
            REPEATING,
        )
        merge_tables(
            [part / FLAGGED for part in parts], self.folder / "flagged.parquet", LISTING_SCHEMA
        )
        merge_bytes([part / QUARANTINE for part in parts], self.folder / "quarantine.jsonl")
        if self.export:
            name = f"decisions.{self.export}"
            header = csv_header(DECISION_SCHEMA) if self.export == "csv" else b""
            merge_bytes([part / name for part in parts], self.folder / name, header)
        if self.scores:
            scores = [part / SCORES for part in parts]
            merge_tables(scores, self.scores, scores_schema(self.clauses))


def total(folder: Folder, chunks: int) -> Counts:
    """The counts of all committed chunks, read back from disk so that they are what it holds."""
    counts = Counts()
    for index in range(chunks):
        counts.add(read_counts(folder.parts, index))
    return counts
