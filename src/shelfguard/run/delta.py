"""Decisions as a Delta table: one commit that names exactly the files of one scan."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from shelfguard.decision import DECISION_SCHEMA
from shelfguard.errors import RunError


def commit_table(url: str, files: Sequence[dict[str, Any]]) -> None:
    """Make a table of Parquet files that lie in its folder; readers see all of them or none.

    Each file has its `name` in the folder, `bytes` and `rows`. A table of the same files is left
    as it is: the scan was killed before it had said that it was finished.

    Raises:
        RunError: the package is missing, or another table is here.
    """
    try:
        from deltalake import DeltaTable, Schema
        from deltalake.transaction import AddAction, create_table_with_add_actions
    except ModuleNotFoundError as error:
        fix = "Install it: pip install 'shelfguard[delta]'"
        raise RunError(f"a Delta table needs {error.name}", fix=fix) from error
    if DeltaTable.is_deltatable(url):
        there = {uri.rpartition("/")[2] for uri in DeltaTable(url).file_uris()}
        if there != {file["name"] for file in files}:
            raise RunError("holds another table", file=url, fix="Choose another --out.")
        return
    now = int(time.time() * 1000)
    adds = [
        AddAction(f["name"], f["bytes"], {}, now, True, json.dumps({"numRecords": f["rows"]}))
        for f in files
    ]
    create_table_with_add_actions(url, Schema.from_arrow(DECISION_SCHEMA), adds, mode="error")
