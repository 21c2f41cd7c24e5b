"""Label files in, one table of labels and its merged targets out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import TARGET_SCHEMA
from shelfguard.learn.labels.label import LABEL_SCHEMA, Answer

SHARE = {Answer.VIOLATES: 1.0, Answer.UNSURE: 0.5, Answer.OK: 0.0}

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


def read_labels(files: Iterable[Path], clauses: Collection[str]) -> pa.Table:
    """The labels of Parquet and JSON Lines files as a table of LABEL_SCHEMA.

    Raises:
        DataError: a file holds no labels, or labels of clauses that are not in the pack.
    """
    labels = pa.concat_tables([LABEL_SCHEMA.empty_table(), *map(_read, files)])
    if strange := sorted(set(labels.column("clause").to_pylist()) - set(clauses)):
        raise DataError(f"no clause {strange[0]} in the pack", field="clause")
    return labels


def _read(file: Path) -> pa.Table:
    try:
        if file.suffix == ".parquet":
            return pq.read_table(file).select(LABEL_SCHEMA.names).cast(LABEL_SCHEMA)
        lines = file.read_text("utf-8").splitlines()
        rows = [_timed(json.loads(line)) for line in lines if line.strip()]
        return pa.Table.from_pylist(rows, LABEL_SCHEMA)
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise DataError(f"holds no labels: {error}", file=file) from error


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "as_of": datetime.fromisoformat(row["as_of"])}


def merge(labels: pa.Table) -> pa.Table:
    """TARGET_SCHEMA: the mean of what the annotators of each listing and clause said."""
    answers: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in labels.to_pylist():
        answers[row["listing_hash"], row["clause"]].append(SHARE[Answer(row["answer"])])
    rows = [
        (name, clause, sum(said) / len(said), len(said))
        for (name, clause), said in sorted(answers.items())
    ]
    named = [dict(zip(TARGET_SCHEMA.names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(named, TARGET_SCHEMA)
