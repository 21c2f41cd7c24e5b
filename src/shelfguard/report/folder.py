"""The output folder of a finished scan, read without holding it in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shelfguard.decision import Outcome
from shelfguard.errors import RunError
from shelfguard.listing import LISTING_SCHEMA, Batch
from shelfguard.run.records import read_run

Row = dict[str, Any]


@dataclass(frozen=True)
class ScanFolder:
    """`run` is run.json; decisions and flagged listings stream from their Parquet files."""

    root: Path
    run: Row

    @classmethod
    def open(cls, root: Path) -> ScanFolder:
        """Read run.json.

        Raises:
            RunError: the folder does not hold a finished scan, or its run.json is broken.
        """
        return cls(root, read_run(root))

    @property
    def counts(self) -> Row:
        counts: Row = self.run["counts"]
        return counts

    @property
    def looked_at_pictures(self) -> bool:
        """Whether the scan was told to."""
        return bool(self.run["options"].get("images"))

    def decisions(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """All decisions in feed order, some thousands at a time."""
        return self._batches("decisions.parquet", columns)

    def flagged(self, columns: Sequence[str] | None = None) -> Iterator[Row]:
        """Every decision but `allow`, in the order of flagged.parquet."""
        for batch in self.decisions(columns):
            yield from only_flagged(batch).to_pylist()

    def flagged_at(self, positions: Sequence[int]) -> list[Row]:
        """The flagged decisions at these ascending positions."""
        batches = (only_flagged(batch) for batch in self.decisions())
        return [row for part in _take(batches, positions) for row in part.to_pylist()]

    def listings(self, positions: Sequence[int]) -> Batch:
        """The flagged listings at these ascending positions of flagged.parquet."""
        parts = list(_take(self._batches("flagged.parquet"), positions))
        found = sum(part.num_rows for part in parts)
        if found < len(positions):
            raise self._disagree(f"it has no row {positions[found] + 1}")
        return Batch(pa.Table.from_batches(parts, LISTING_SCHEMA))

    def listing(self, position: int, listing_id: str) -> Batch:
        """The flagged listing at a position, which must have this id."""
        batch = self.listings([position])
        self.expect_ids(batch, [listing_id])
        return batch

    def expect_ids(self, batch: Batch, ids: Sequence[str]) -> None:
        """Raise RunError where the listings are not those that the decisions name."""
        for found, wanted in zip(batch.ids(), ids, strict=True):
            if found != wanted:
                raise self._disagree(f"it has '{found}' where the decisions have '{wanted}'")

    def quarantine(self, limit: int) -> list[Row]:
        """The first quarantined rows; none where the file was not written."""
        path = self.root / "quarantine.jsonl"
        if not path.exists():
            return []
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in islice(lines, limit)]

    def _batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        path = self.root / name
        try:
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):  # all at once, pyarrow reads far ahead
                    yield from file.iter_batches(8192, row_groups=[group], columns=columns)
        except (FileNotFoundError, pa.ArrowInvalid) as error:
            raise RunError(
                f"cannot be read: {error}", file=path, fix="Run the scan again"
            ) from None

    def _disagree(self, how: str) -> RunError:
        return RunError(
            f"does not match decisions.parquet: {how}",
            file=self.root / "flagged.parquet",
            fix="Run the scan again",
        )


def _take(batches: Iterable[pa.RecordBatch], positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """The rows at these ascending positions, batch by batch, as far as there are any."""
    first = 0
    for batch in batches:
        last = first + batch.num_rows
        rows = [position - first for position in positions if first <= position < last]
        if rows:
            yield batch.take(pa.array(rows, pa.int64()))
        first = last


def only_flagged(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows whose outcome is anything but allow."""
    return batch.filter(pc.not_equal(batch.column("outcome"), Outcome.ALLOW.value))
