"""The output folder of a finished scan, read without holding it in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
            RunError: the folder does not hold a finished scan.
        """
        path = root / "run.json"
        try:
            return cls(root, json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise RunError(
                "no finished scan here", file=path, fix="Run `shelfguard scan FEED --out` first"
            ) from None
        except ValueError as error:
            raise RunError(f"not JSON: {error}", file=path, fix="Run the scan again") from None

    @property
    def counts(self) -> Row:
        counts: Row = self.run["counts"]
        return counts

    def decisions(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """All decisions in feed order, some thousands at a time."""
        return self._batches("decisions.parquet", columns)

    def flagged(self) -> Iterator[Row]:
        """Every decision but `allow`, in the order of flagged.parquet."""
        for batch in self.decisions():
            yield from only_flagged(batch).to_pylist()

    def listings(self, positions: Sequence[int]) -> Batch:
        """The flagged listings at these ascending positions of flagged.parquet."""
        parts, first = [], 0
        for batch in self._batches("flagged.parquet"):
            last = first + batch.num_rows
            rows = [p - first for p in positions if first <= p < last]
            if rows:
                parts.append(pa.Table.from_batches([batch.take(pa.array(rows, pa.int64()))]))
            first = last
        if any(position >= first for position in positions):
            raise self._disagree(f"it ends after {first} rows")
        return Batch(pa.concat_tables(parts) if parts else LISTING_SCHEMA.empty_table())

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
                yield from file.iter_batches(batch_size=8192, columns=columns)
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


def only_flagged(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows whose outcome is anything but allow."""
    return batch.filter(pc.not_equal(batch.column("outcome"), Outcome.ALLOW.value))
