"""A tiny dataset on disk: two clauses, a few dozen rows, real and written, in all splits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    MANIFEST,
    ROW_SCHEMA,
    ROWS,
    TARGET_SCHEMA,
    Dataset,
    Manifest,
)
from shelfguard.listing import Batch, Record

CLAUSES = ["CA-HLT-002", "CA-WPN-001"]
SPLITS = ("train", "train", "train", "calibration", "test")


@dataclass(frozen=True, slots=True)
class Example:
    """One row: P(violates) of the clauses that somebody judged, and what else is known."""

    title: str
    judged: dict[str, float]
    near: str | None = None
    kind: str = "benign"
    origin: str = "written"
    complete: bool = True
    sampling_prob: float = 1.0
    description: str | None = None

    def record(self, number: int) -> Record:
        return {
            "id": f"row-{number}",
            "title": {"en": self.title},
            "description": {"en": self.description} if self.description else None,
            "price": 5.0 + number,
        }


def examples(each: int = 20) -> list[Example]:
    """Violations of two clauses, a legal look-alike, ordinary rows, a catalog, half-known rows."""
    health, weapon = CLAUSES
    rows: list[Example] = []
    for n in range(each):
        rows += [
            Example(f"brass knuckle duster {n}", {weapon: 1.0}, weapon, "positive"),
            Example(f"tea that cures diabetes {n}", {health: 1.0}, health, "positive"),
            Example(f"knuckle shaped pendant {n}", {weapon: 0.0}, weapon, "hard_negative"),
            Example(f"cotton bath towel {n}", {}),
            Example(f"steel desk lamp {n}", {}, kind="catalog", origin="real"),
            Example(
                f"duster ring {n}",
                {weapon: 0.8},
                weapon,
                "reviewed",
                origin="real",
                complete=False,
                sampling_prob=0.5,
            ),
        ]
    return rows


def write_dataset(root: Path, rows: Sequence[Example] | None = None) -> Dataset:
    """Write the three tables and the manifest, and read them."""
    root.mkdir(parents=True, exist_ok=True)
    rows = examples() if rows is None else rows
    batch = Batch.from_records(row.record(number) for number, row in enumerate(rows))
    names = batch.content_hashes()
    pq.write_table(batch.table, root / LISTINGS)
    pq.write_table(_rows(rows, names), root / ROWS)
    pq.write_table(_labels(rows, names), root / LABELS)
    files = {
        name: hashlib.sha256((root / name).read_bytes()).hexdigest()
        for name in (LISTINGS, ROWS, LABELS)
    }
    identity = hashlib.sha256("".join(files.values()).encode()).hexdigest()
    manifest = Manifest(
        id=identity,
        pack="ca-marketplace@0.0.0+000000000000",
        clauses=CLAUSES,
        split_rule={},
        sources=[],
        files=files,
        counts={},
    )
    (root / MANIFEST).write_text(manifest.model_dump_json(indent=1))
    return Dataset.load(root)


def _rows(rows: Sequence[Example], names: Sequence[str]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "content_hash": name,
                "split": SPLITS[number // 6 % len(SPLITS)],
                "group": name,
                "origin": row.origin,
                "kind": row.kind,
                "near": row.near,
                "lang": "en",
                "source": "fixture",
                "complete": row.complete,
                "sampling_prob": row.sampling_prob,
            }
            for number, (name, row) in enumerate(zip(names, rows, strict=True))
        ],
        ROW_SCHEMA,
    )


def _labels(rows: Sequence[Example], names: Sequence[str]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"content_hash": name, "clause": clause, "probability": value, "annotators": 1}
            for name, row in zip(names, rows, strict=True)
            for clause, value in row.judged.items()
        ],
        TARGET_SCHEMA,
    )
