"""From committed parts to the files of a finished scan."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.listing import LISTING_SCHEMA
from shelfguard.run.export import csv_header
from shelfguard.run.merge import REPEATING, merge_bytes, merge_tables
from shelfguard.run.output import Wanted
from shelfguard.run.part import scores_schema

DELTA = "decisions"
"""The folder of the Delta table."""


def merge_parts(parts: Sequence[Path], out: Path, wanted: Wanted) -> None:
    """Join the parts of all chunks, in feed order."""
    decisions = out / "decisions.parquet"
    merge_tables(
        [part / "decisions.arrow" for part in parts], decisions, DECISION_SCHEMA, REPEATING
    )
    merge_tables(
        [part / "flagged.arrow" for part in parts], out / "flagged.parquet", LISTING_SCHEMA
    )
    merge_bytes([part / "quarantine.jsonl" for part in parts], out / "quarantine.jsonl")
    if wanted.export:
        name = f"decisions.{wanted.export}"
        header = csv_header(DECISION_SCHEMA) if wanted.export == "csv" else b""
        merge_bytes([part / name for part in parts], out / name, header)
    if wanted.scores:
        scores = [part / "scores.arrow" for part in parts]
        merge_tables(scores, wanted.scores, scores_schema(wanted.clauses))
    if wanted.table == "delta":
        _make_delta(decisions, out / DELTA)


def _make_delta(decisions: Path, folder: Path) -> None:
    """A Delta table of the one file, which takes no room of its own where files can be linked."""
    from shelfguard.run.delta import commit_table

    folder.mkdir(exist_ok=True)
    linked = folder / decisions.name
    linked.unlink(missing_ok=True)
    try:
        os.link(decisions, linked)
    except OSError:
        shutil.copyfile(decisions, linked)
    rows = pq.read_metadata(linked).num_rows
    file = {"name": linked.name, "bytes": linked.stat().st_size, "rows": rows}
    commit_table(str(folder), [file])
