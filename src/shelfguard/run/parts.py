"""One chunk's result on disk: a folder that is there whole, or not at all."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import Decisions, Outcome
from shelfguard.durable import sync
from shelfguard.listing import Batch
from shelfguard.run.counts import Counts
from shelfguard.run.export import EXPORTERS, Format

DECISIONS, FLAGGED, SCORES = "decisions.arrow", "flagged.arrow", "scores.arrow"
QUARANTINE, COUNTS = "quarantine.jsonl", "counts.json"

_LZ4 = pa.ipc.IpcWriteOptions(compression="lz4")


class Part:
    """The files of one chunk while they are written; `commit` makes them count."""

    def __init__(self, parts: Path, index: int) -> None:
        self.final = part_path(parts, index)
        self.folder = self.final.with_suffix(".tmp")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def write_decisions(self, decisions: Decisions, batch: Batch, export: Format | None) -> None:
        """Write all decisions, and the listings behind those that are not `allow`."""
        table = decisions.table
        flagged = pc.not_equal(table.column("outcome"), Outcome.ALLOW.value)
        _write_table(self.folder / DECISIONS, table)
        _write_table(self.folder / FLAGGED, batch.table.filter(flagged))
        if export:
            (self.folder / f"decisions.{export}").write_bytes(EXPORTERS[export](table))

    def write_scores(self, decisions: Decisions) -> None:
        """Write the probability of every clause, null where unknown."""
        _write_table(self.folder / SCORES, scores_table(decisions))

    def write_quarantine(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write the rows that could not be read; most chunks have none, and then no file."""
        if rows:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (self.folder / QUARANTINE).write_text(lines, "utf-8")

    def flush(self) -> None:
        """Have the disk hold every file written so far."""
        for path in self.folder.iterdir():
            sync(path)

    def commit(self, counts: Counts) -> None:
        """Add the counts, then show the folder under its final name."""
        (self.folder / COUNTS).write_text(json.dumps(counts.to_json()), "utf-8")
        sync(self.folder / COUNTS)
        sync(self.folder)
        self.folder.rename(self.final)
        sync(self.final.parent)


def part_path(parts: Path, index: int) -> Path:
    """Where the part of the chunk with this index lies."""
    return parts / f"{index:08d}"


def committed(parts: Path) -> set[int]:
    """The indexes of all chunks that are done."""
    return {int(path.name) for path in parts.glob("*") if re.fullmatch(r"\d{8,}", path.name)}


def clear_leftovers(parts: Path) -> None:
    """Remove what a killed run left half done; call only while no worker writes."""
    for path in parts.glob("*.tmp"):
        shutil.rmtree(path)


def read_counts(parts: Path, index: int) -> Counts:
    """What a committed chunk counted."""
    return Counts.from_json(json.loads((part_path(parts, index) / COUNTS).read_text("utf-8")))


def read_table(path: Path) -> pa.Table:
    """One table of a part."""
    with pa.OSFile(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def scores_schema(clauses: Sequence[str]) -> pa.Schema:
    """`listing_id` and one float32 column a clause."""
    return pa.schema([("listing_id", pa.string()), *((name, pa.float32()) for name in clauses)])


def scores_table(decisions: Decisions) -> pa.Table:
    """Probabilities as a wide table, null where unknown."""
    by_clause = (pa.array(column, from_pandas=True) for column in decisions.probabilities.T)
    ids = decisions.table.column("listing_id")
    return pa.table([ids, *by_clause], schema=scores_schema(decisions.clauses))


def _write_table(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=_LZ4) as f:
        f.write_table(table)
