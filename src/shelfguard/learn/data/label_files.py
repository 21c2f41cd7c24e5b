"""Tell label files from feeds."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

LONGEST = 1 << 16
"""Characters of the longest first line that a label file may have."""


def is_label_file(file: Path) -> bool:
    """Whether a file holds labels rather than listings."""
    try:
        if file.suffix == ".parquet":
            names = set(pq.read_schema(file).names)
        else:
            with file.open(encoding="utf-8") as lines:
                first = lines.readline(LONGEST)
            names = set(json.loads(first) if first.startswith("{") else first.strip().split(","))
    except (OSError, ValueError):
        return False
    return {"listing_hash", "clause", "answer"} <= names
