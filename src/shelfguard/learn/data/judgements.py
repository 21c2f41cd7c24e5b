"""What people, rules and models said of listings, as the targets of a dataset."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.learn.data.collected import Collected, Entry, source
from shelfguard.learn.data.dataset import TARGET_SCHEMA, Origin
from shelfguard.learn.labels.label import LABEL_SCHEMA, Source
from shelfguard.learn.labels.merge import merge
from shelfguard.learn.labels.read import read_labels

REVIEWED = "reviewed"

PEOPLE = (Source.REVIEW, Source.AUDIT, Source.AUTHOR)


@dataclass(frozen=True)
class Judgements:
    """All labels given, their merged targets, and the files that they came from."""

    labels: pa.Table
    targets: pa.Table
    sources: list[dict[str, Any]]

    @classmethod
    def read(cls, files: Sequence[Path], clauses: Collection[str]) -> Judgements:
        """Read and merge label files; the order of the files makes no difference.

        Raises:
            DataError: one of them holds no labels, or labels of other clauses than these.
        """
        if not files:
            return cls(LABEL_SCHEMA.empty_table(), TARGET_SCHEMA.empty_table(), [])
        keys = [(name, "ascending") for name in LABEL_SCHEMA.names]
        labels = read_labels(files, clauses).sort_by(keys)
        counts = [read_labels([file], clauses).num_rows for file in files]
        sources = [
            source(file, file.name, "labels", count)
            for file, count in zip(files, counts, strict=True)
        ]
        return cls(labels, merge(labels).targets, sources)

    @cached_property
    def reviewed(self) -> Mapping[str, tuple[float, datetime]]:
        """The listings that people judged, by content hash.

        With the highest probability with which each was picked, and when it was last judged.
        """
        by_people = pc.is_in(self.labels.column("source"), pa.array(PEOPLE, pa.string()))
        reviewed: dict[str, tuple[float, datetime]] = {}
        for row in self.labels.filter(by_people).to_pylist():
            name, probability, as_of = row["listing_hash"], row["sampling_prob"], row["as_of"]
            before = reviewed.get(name, (probability, as_of))
            reviewed[name] = max(before[0], probability), max(before[1], as_of)
        return reviewed

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
        others = [
            row
            for row in collected.targets.to_pylist()
            if row["clause"] not in self.settled.get(row["content_hash"], ())
        ]
        rows = sorted(mine + others, key=lambda row: (row["content_hash"], row["clause"]))
        return replace(
            collected,
            entries=[self._reviewed(entry) for entry in collected.entries],
            targets=pa.Table.from_pylist(rows, TARGET_SCHEMA),
            sources=collected.sources + self.sources,
        )

    def _reviewed(self, entry: Entry) -> Entry:
        if entry.origin is Origin.WRITTEN or entry.content_hash not in self.reviewed:
            return entry
        probability, as_of = self.reviewed[entry.content_hash]
        return replace(entry, kind=REVIEWED, complete=False, sampling_prob=probability, as_of=as_of)

    def completed(self, entry: Entry, clauses: Collection[str]) -> Entry:
        """The entry; a reviewed one is complete where each of these clauses is settled."""
        if entry.kind != REVIEWED:
            return entry
        return replace(entry, complete=self.settled[entry.content_hash].issuperset(clauses))

    def unmatched(self, known: Container[str]) -> dict[str, int]:
        """Counts of what was judged but is not among these listings."""
        hashes = self.labels.column("listing_hash").to_pylist()
        lost = [name for name in hashes if name not in known]
        by_people = [name for name in lost if name in self.reviewed]
        return {
            "reviewed listings": len(set(by_people)),
            "labels of them": len(by_people),
            "labels by rules and models alone": len(lost) - len(by_people),
        }

    def annotators(self, splits: Mapping[str, str]) -> list[dict[str, Any]]:
        """Labels by source, annotator and split of the listing."""
        names = ("listing_hash", "source", "annotator")
        columns = (self.labels.column(name).to_pylist() for name in names)
        counts = Counter(
            (source, annotator, str(splits[name]))
            for name, source, annotator in zip(*columns, strict=True)
            if name in splits
        )
        return [
            {"source": source, "annotator": annotator, "split": split, "labels": count}
            for (source, annotator, split), count in sorted(counts.items())
        ]
