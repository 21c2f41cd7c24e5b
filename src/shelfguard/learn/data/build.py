"""Build a versioned dataset from a pack, real catalogs and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from shelfguard.errors import DataError
from shelfguard.learn.data.catalog import Progress
from shelfguard.learn.data.collected import Collected, Entry, texts
from shelfguard.learn.data.counts import dropped_counts, positive_counts, row_counts
from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    ROW_SCHEMA,
    ROWS,
    UNSURE,
    Dataset,
    Manifest,
    Split,
)
from shelfguard.learn.data.groups import group
from shelfguard.learn.data.judgements import Judgements
from shelfguard.learn.data.sources import Sources, read_sources
from shelfguard.learn.data.split import SplitRule, assign
from shelfguard.learn.data.write import refuse_other_content, write
from shelfguard.policy.pack import Pack
from shelfguard.signals.registry import TEXT


@dataclass(frozen=True, slots=True)
class Options:
    """How to build: what tests, and what to refuse."""

    rule: SplitRule = field(default_factory=SplitRule)
    strict: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """The listings that are kept, each with its group and split, and counts of the rest."""

    collected: Collected
    groups: list[str]
    splits: list[Split]
    counts: dict[str, Any]


def build(pack: Pack, sources: Sources, out: Path, options: Options, progress: Progress) -> Dataset:
    """Write a dataset folder. The same inputs give the same id, in whatever order they come.

    Raises:
        DataError: labels cannot be read, some have no match and `strict`, or `out` holds
            something else.
        FeedError: a feed cannot be read.
        PackError: the pack's rows are broken.
    """
    refuse_other_content(out)
    found = read_sources(pack, sources, progress)
    if options.strict:
        _refuse_unmatched(found.counts["unmatched"])
    placed = place(found.collected, options.rule, progress)
    clauses, left_out = learnable_clauses(pack, placed)
    rows = _rows(placed, found.judgements, clauses)
    draft = Manifest(
        id="",
        pack=pack.label,
        clauses=clauses,
        split_rule=options.rule.as_dict(),
        sources=placed.collected.sources,
        files={},
        counts=found.counts
        | placed.counts
        | {
            "rows": row_counts(rows),
            "positives": positive_counts(rows, placed.collected.targets),
            "labels": found.judgements.annotators(_splits(placed)),
            "clauses_left_out": left_out,
        },
    )
    targets, listings = placed.collected.targets, placed.collected.listings
    tables = {LISTINGS: listings, ROWS: rows, LABELS: targets}
    write(out, tables, draft, overwrite=options.overwrite)
    return Dataset.load(out)


def place(collected: Collected, rule: SplitRule, progress: Progress) -> Placed:
    """Group the listings, give each its split, and leave out those too like a test row."""
    groups, ties = group(collected.entries, texts(collected.listings), progress)
    splits = assign(collected.entries, groups, rule)
    kept = [number for number, split in enumerate(splits) if split]
    return Placed(
        collected.take(kept),
        [groups[number] for number in kept],
        [split for split in splits if split],
        {"groups": ties, "dropped": dropped_counts(collected.entries, splits)},
    )


def learnable_clauses(pack: Pack, placed: Placed) -> tuple[list[str], dict[str, str]]:
    """The clauses that a text model can learn from these rows, and why others are left out."""
    splits = _splits(placed)
    violated = {
        target["clause"]
        for target in placed.collected.targets.to_pylist()
        if target["probability"] > UNSURE and splits[target["content_hash"]] is Split.TRAIN
    }
    left_out = {
        name: "no violating row to train on" if TEXT in clause.signals else "not judged by text"
        for name, clause in pack.clauses.items()
        if name not in violated or TEXT not in clause.signals
    }
    return [name for name in pack.clauses if name not in left_out], left_out


def _rows(placed: Placed, judgements: Judgements, clauses: Sequence[str]) -> pa.Table:
    settled = (judgements.completed(entry, clauses) for entry in placed.collected.entries)
    rows = [
        _row(entry, group, split)
        for entry, group, split in zip(settled, placed.groups, placed.splits, strict=True)
    ]
    return pa.Table.from_pylist(rows, ROW_SCHEMA)


def _row(entry: Entry, group: str, split: Split) -> dict[str, Any]:
    placed = {"group": group, "split": split.value, "origin": entry.origin.value}
    known = [name for name in ROW_SCHEMA.names if name not in placed]
    return placed | {name: getattr(entry, name) for name in known}


def _splits(placed: Placed) -> dict[str, Split]:
    names = (entry.content_hash for entry in placed.collected.entries)
    return dict(zip(names, placed.splits, strict=True))


def _refuse_unmatched(unmatched: dict[str, int]) -> None:
    if any(unmatched.values()):
        said = ", ".join(f"{count} {what}" for what, count in unmatched.items())
        fix = "Give the feeds that were labelled, or leave out --strict"
        raise DataError(f"not among the listings of the sources: {said}", fix=fix)
