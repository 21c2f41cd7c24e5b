"""A dataset in memory, of rows as packs write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from shelfguard.learn.data.corpus import labels, to_batch
from shelfguard.learn.data.dataset import ROW_SCHEMA, Dataset, Manifest, Part
from shelfguard.policy.rows import Row


def part_of(rows: Sequence[Row], catalog: Sequence[Row], clauses: list[str], split: str) -> Part:
    """Written rows and real ones presumed innocent, each of a group of its own."""
    everything = [*rows, *catalog]
    batch = to_batch(everything)
    known = [
        {
            "content_hash": sha,
            "split": split,
            "group": row.id,
            "origin": "real" if number >= len(rows) else "written",
            "kind": "catalog" if number >= len(rows) else row.kind,
            "near": row.near,
            "lang": row.lang,
            "source": "test",
            "complete": True,
            "sampling_prob": 1.0,
        }
        for number, (row, sha) in enumerate(zip(everything, batch.content_hashes(), strict=True))
    ]
    table = pa.Table.from_pylist(known, schema=ROW_SCHEMA)
    return Part(clauses, batch, labels(everything, clauses).astype(np.float32), table)


def dataset_of(root: Path, part: Part, pack: str) -> Dataset:
    """A dataset of these rows alone."""
    manifest = Manifest(
        id="test",
        pack=pack,
        clauses=part.clauses,
        split_rule={},
        sources=[],
        files={},
        counts={},
    )
    return Dataset(root, manifest, part)
