"""Small parts of a dataset, and models with known opinions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.learn.data.corpus import to_batch
from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    MANIFEST,
    ROW_SCHEMA,
    ROWS,
    TARGET_SCHEMA,
    Manifest,
    Part,
)
from shelfguard.learn.evaluate.subject import Judgement, Limits, Subject
from shelfguard.listing import Batch
from shelfguard.policy.rows import Row
from tests.unit.learn.rows import CLAUSES

Floats = npt.NDArray[np.float32]


class WordScorer:
    """Says a clause applies to a listing that holds its word, whatever else is written."""

    def __init__(self, words: Sequence[str], clauses: Sequence[str] = CLAUSES) -> None:
        self.words, self.clauses = words, list(clauses)

    def probabilities(self, batch: Batch) -> Floats:
        texts = [
            " ".join([*record["title"].values(), *record["description"].values()])
            for record in batch.records()
        ]
        return np.array(
            [[0.9 if word in text else 0.1 for word in self.words] for text in texts], np.float32
        )


def known(row: Row, content_hash: str, **more: Any) -> dict[str, Any]:
    """What a dataset knows of a row."""
    return {
        "content_hash": content_hash,
        "split": "test",
        "group": row.seller_id or row.id,
        "origin": "written",
        "kind": row.kind,
        "near": row.near,
        "lang": row.lang,
        "source": "cases/x.jsonl",
        "complete": True,
        "sampling_prob": 1.0,
        "as_of": None,
        **more,
    }


def part(rows: Sequence[Row], **more: Any) -> Part:
    """Rows as a part of a dataset; `more` changes what is known of all of them."""
    batch = to_batch(rows)
    table = pa.Table.from_pylist(
        [known(row, name, **more) for row, name in zip(rows, batch.content_hashes(), strict=True)],
        ROW_SCHEMA,
    )
    targets = np.array([[clause in row.violates for clause in CLAUSES] for row in rows], np.float32)
    return Part(CLAUSES, batch, targets, table)


def subject(rows: Sequence[Row], scores: npt.ArrayLike, limit: float = 0.5, **more: Any) -> Subject:
    """Rows under given scores [rows, clauses]."""
    values = np.asarray(scores, np.float32)
    limits = Limits(np.full(values.shape[1], limit, np.float32), "given")
    return Subject(part(rows, **more), Judgement(values, None), limits)


def write_dataset(
    folder: Path, rows: Sequence[Row], changed: Callable[[Row], dict[str, Any]] = lambda _: {}
) -> Path:
    """A dataset folder of written test rows; `changed` gives what is different about a row."""
    folder.mkdir(parents=True, exist_ok=True)
    batch = to_batch(rows)
    pairs = list(zip(rows, batch.content_hashes(), strict=True))
    known_rows = [known(row, name, **changed(row)) for row, name in pairs]
    targets = [
        {"content_hash": name, "clause": clause, "probability": 1.0, "annotators": 1}
        for row, name in pairs
        for clause in row.violates
    ]
    pq.write_table(batch.table, folder / LISTINGS)
    pq.write_table(pa.Table.from_pylist(known_rows, ROW_SCHEMA), folder / ROWS)
    pq.write_table(pa.Table.from_pylist(targets, TARGET_SCHEMA), folder / LABELS)
    manifest = Manifest(
        id="tiny",
        pack="tiny@1.0.0+abc",
        clauses=CLAUSES,
        split_rule={},
        sources=[],
        files={},
        counts={},
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(), "utf-8")
    return folder
