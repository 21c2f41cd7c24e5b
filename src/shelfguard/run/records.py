"""Reading single records back out of a finished scan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.errors import RunError
from shelfguard.listing import LISTING_SCHEMA, Batch


def read_run(out: Path) -> dict[str, Any]:
    """The `run.json` of a finished scan.

    Raises:
        RunError: there is no finished scan in this folder, or its `run.json` is broken.
    """
    path = out / "run.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        fix = "Give the --out folder of a scan."
        raise RunError("no finished scan here", file=path, fix=fix) from None
    except ValueError as error:
        raise RunError(f"not JSON: {error}", file=path, fix="Run the scan again.") from None
    return record


def find_decisions(out: Path, listing_id: str) -> list[dict[str, Any]]:
    """Every decision on this listing; more than one only if several files of its feed have the id.

    Raises:
        RunError: there is none.
    """
    found = _rows_where(out / "decisions.parquet", "listing_id", listing_id, DECISION_SCHEMA)
    if not found.num_rows:
        raise RunError(
            f"no decision on listing '{listing_id}'",
            file=out,
            fix="Check the id; rows that could not be read are in quarantine.jsonl.",
        )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def find_flagged(out: Path, listing_id: str) -> Batch:
    """The snapshots of this listing, none if it passed."""
    return Batch(_rows_where(out / "flagged.parquet", "id", listing_id, LISTING_SCHEMA))


def _rows_where(path: Path, column: str, value: str, schema: pa.Schema) -> pa.Table:
    """Rows with this value; whole rows are read only from the row groups that have it."""
    if not path.exists():
        raise RunError("is missing", file=path, fix="Give the --out folder of a finished scan.")
    found = [schema.empty_table()]
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            hits = pc.equal(file.read_row_group(group, [column]).column(0), value)
            if pc.any(hits).as_py():
                found.append(file.read_row_group(group).filter(hits))
    return pa.concat_tables(found)
