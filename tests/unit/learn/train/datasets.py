"""Small datasets in memory, and a watch that remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from shelfguard.learn.data.corpus import labels, to_batch
from shelfguard.learn.data.dataset import ROW_SCHEMA, Dataset, Manifest, Part
from shelfguard.policy.rows import Row


def part(rows: Sequence[Row], clauses: list[str], calibration_every: int = 4) -> Part:
    """Fully labelled written rows; some of them to calibrate on."""
    batch = to_batch(rows)
    table = [
        {
            "content_hash": content_hash,
            "split": "calibration" if number % calibration_every == 0 else "train",
            "group": row.id,
            "origin": "written",
            "kind": row.kind,
            "near": row.near,
            "lang": row.lang,
            "source": "pack",
            "complete": True,
            "sampling_prob": 1.0,
        }
        for number, (content_hash, row) in enumerate(zip(batch.content_hashes(), rows, strict=True))
    ]
    rows_table = pa.Table.from_pylist(table, schema=ROW_SCHEMA)
    return Part(clauses, batch, labels(rows, clauses), rows_table)


def dataset(rows: Sequence[Row], clauses: list[str]) -> Dataset:
    """A dataset of these rows that lies in no folder."""
    manifest = Manifest(
        id="0" * 12, pack="tiny", clauses=clauses, split_rule={}, sources=[], files={}, counts={}
    )
    return Dataset(Path(), manifest, part(rows, clauses))


class Interrupted(Exception):  # noqa: N818 (no error)
    """What ends a run in the middle."""


@dataclass
class Memory:
    """A watch that remembers the curves, and may interrupt the run after so many advances."""

    patience: int | None = None
    curves: dict[str, list[float]] = field(default_factory=dict)
    advances: int = 0

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        for name, value in metrics.items():
            self.curves.setdefault(name, []).append(value)

    def say(self, message: str) -> None:
        assert message

    def advance(self, done: int, total: int) -> None:
        assert 0 < done <= total
        self.advances += 1
        if self.advances == self.patience:
            raise Interrupted
