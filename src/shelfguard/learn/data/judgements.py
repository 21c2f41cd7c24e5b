"""What people, rules and models said of listings, as the targets of a dataset."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import DataError
from shelfguard.learn.data.collected import Collected, Entry, source
from shelfguard.learn.data.dataset import TARGET_SCHEMA, Origin
from shelfguard.learn.labels.label import LABEL_SCHEMA, Answer

REVIEWED = "reviewed"

PROBABILITY = {Answer.VIOLATES: 1.0, Answer.UNSURE: 0.5, Answer.OK: 0.0}


def is_label_file(file: Path) -> bool:
    """Whether a file holds labels rather than listings."""
    try:
        if file.suffix == ".parquet":
            names = set(pq.read_schema(file).names)
        else:
            with file.open(encoding="utf-8") as lines:
                names = set(json.loads(next(lines)))
    except (OSError, ValueError, StopIteration, TypeError):
        return False
    return {"listing_hash", "clause", "answer"} <= names


def read_labels(file: Path) -> pa.Table:
    """The labels of a Parquet or JSON Lines file, as LABEL_SCHEMA.

    Raises:
        DataError: they are not labels.
    """
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
        pair = row["listing_hash"], row["clause"]
        answers[pair].append(PROBABILITY[Answer(row["answer"])])
    rows = [
        (name, clause, sum(said) / len(said), len(said))
        for (name, clause), said in sorted(answers.items())
    ]
    return pa.Table.from_pylist(
        [dict(zip(TARGET_SCHEMA.names, row, strict=True)) for row in rows], TARGET_SCHEMA
    )


@dataclass(frozen=True)
class Judgements:
    """All labels given, their merged targets, and the files that they came from."""

    labels: pa.Table
    targets: pa.Table
    sources: list[dict[str, Any]]

    @classmethod
    def read(cls, files: Sequence[Path]) -> Judgements:
        """Read and merge label files; the order of the files makes no difference.

        Raises:
            DataError: one of them holds no labels.
        """
        tables = [read_labels(file) for file in files]
        keys = [(name, "ascending") for name in LABEL_SCHEMA.names]
        labels = pa.concat_tables([LABEL_SCHEMA.empty_table(), *tables]).sort_by(keys)
        sources = [
            source(file, file.name, "labels", table.num_rows)
            for file, table in zip(files, tables, strict=True)
        ]
        return cls(labels, merge(labels), sources)

    @cached_property
    def listings(self) -> set[str]:
        """The content hashes of the listings that somebody judged."""
        return set(self.labels.column("listing_hash").to_pylist())

    @cached_property
    def settled(self) -> Mapping[str, set[str]]:
        """The clauses for which there is a target, by listing."""
        clauses: dict[str, set[str]] = defaultdict(set)
        for row in self.targets.select(["content_hash", "clause"]).to_pylist():
            clauses[row["content_hash"]].add(row["clause"])
        return clauses

    def apply(self, collected: Collected) -> Collected:
        """The listings with these targets; they stand above what a row's author said."""
        known = {entry.content_hash for entry in collected.entries}
        mine = [row for row in self.targets.to_pylist() if row["content_hash"] in known]
        pairs = {(row["content_hash"], row["clause"]) for row in mine}
        others = [
            row
            for row in collected.targets.to_pylist()
            if (row["content_hash"], row["clause"]) not in pairs
        ]
        rows = sorted(mine + others, key=lambda row: (row["content_hash"], row["clause"]))
        return replace(
            collected,
            entries=[self._reviewed(entry) for entry in collected.entries],
            targets=pa.Table.from_pylist(rows, TARGET_SCHEMA),
            sources=collected.sources + self.sources,
        )

    def _reviewed(self, entry: Entry) -> Entry:
        if entry.origin is Origin.WRITTEN or entry.content_hash not in self.listings:
            return entry
        probability, as_of = self._picked[entry.content_hash]
        return replace(entry, kind=REVIEWED, complete=False, sampling_prob=probability, as_of=as_of)

    @cached_property
    def _picked(self) -> Mapping[str, tuple[float, datetime]]:
        """The likeliest way in which each listing was picked, and when it was last judged."""
        picked: dict[str, tuple[float, datetime]] = {}
        for row in self.labels.to_pylist():
            name, probability, as_of = row["listing_hash"], row["sampling_prob"], row["as_of"]
            before = picked.get(name, (probability, as_of))
            picked[name] = max(before[0], probability), max(before[1], as_of)
        return picked

    def completed(self, entry: Entry, clauses: Collection[str]) -> Entry:
        """The entry; a reviewed one is complete where each of these clauses is settled."""
        if entry.kind != REVIEWED:
            return entry
        return replace(entry, complete=self.settled[entry.content_hash].issuperset(clauses))

    def unmatched(self, known: Container[str], clauses: Container[str]) -> dict[str, int]:
        """Counts of what was judged but is in none of the feeds, or not in the pack."""
        names, judged = (
            self.labels.column(name).to_pylist() for name in ("listing_hash", "clause")
        )
        lost = [name for name in names if name not in known]
        strange = [clause for clause in judged if clause not in clauses]
        return {
            "listings in no source": len(set(lost)),
            "labels of listings in no source": len(lost),
            "labels of clauses not in the pack": len(strange),
        }

    def annotators(self, splits: Mapping[str, str]) -> list[dict[str, Any]]:
        """Labels by source, annotator and split of the listing."""
        names = ("source", "annotator", "listing_hash")
        counts = Counter(
            (source, annotator, splits[name])
            for source, annotator, name in zip(
                *(self.labels.column(name).to_pylist() for name in names), strict=True
            )
            if name in splits
        )
        keys = ("source", "annotator", "split")
        return [
            {**dict(zip(keys, key, strict=True)), "labels": n} for key, n in sorted(counts.items())
        ]
