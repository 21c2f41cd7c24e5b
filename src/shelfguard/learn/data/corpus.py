"""The rows that models learn from: a pack's written examples, and real catalogs beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.feeds import read_feed
from shelfguard.learn.data.dataset import ROW_SCHEMA, Origin, Part, Split
from shelfguard.listing import LISTING_SCHEMA, Batch
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row, read_examples
from shelfguard.policy.similar import NEAR_DUPLICATE, similar_pairs
from shelfguard.signals.registry import TEXT

Floats = npt.NDArray[np.float32]

SEED = 20261122
"""Of every draw and shuffle in training."""

HELD_OUT_SHARE = 8
"""One row in eight is kept from training, to calibrate on."""

CALIBRATION = ".calibration.jsonl"
"""Ends the names of example files that no model is trained on."""

TWIN = re.compile(r"\.[a-z]$")
"""What tells a violating listing from its legal twin in their names: `w3-CA-WPN-001-012.b`."""

CATALOGS = (
    "products_pyjedai/data__ccer__D8__amazon.csv",
    "products_pyjedai/data__ccer__D8__walmart.csv",
    "products_pyjedai/data__ccer__D2__abt.csv",
    "products_pyjedai/data__ccer__D2__buy.csv",
    "products_pyjedai/data__ccer__D3__amazon.csv",
    "products_pyjedai/data__ccer__D3__gp.csv",
    "products_bestbuy_typesense/ecommerce.json",
)
"""Real product rows, read as innocent; a few of them may well violate."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a pack's models learn from.

    `clauses` are those that some row to train on violates; `data` holds real catalogs.
    """

    clauses: list[str]
    training: list[Row]
    held_out: list[Row]
    data: Path

    @classmethod
    def of_pack(cls, pack: Pack, data: Path) -> Corpus:
        """A pack's examples, split."""
        training, held_out = split(read_examples(pack))
        return cls(learned_clauses(pack, training), training, held_out, data)


def is_held_out(name: str) -> bool:
    """Whether a row is kept for calibration; a property of its name, so that it never moves.

    Twins, whose names differ in a letter after a last dot, are on the same side.
    """
    return crc32(TWIN.sub("", name).encode()) % HELD_OUT_SHARE == 0


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(rows to train on, rows to calibrate on)"""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[row.file.name.endswith(CALIBRATION) or is_held_out(row.id)].append(row)
    return sides


def to_batch(rows: Sequence[Row]) -> Batch:
    """The listings alone, without their labels."""
    return Batch.from_records(row.record() for row in rows)


def labels(rows: Sequence[Row], clauses: Sequence[str]) -> Floats:
    """1 where a row violates a clause, [rows, clauses]."""
    return np.array([[clause in row.violates for clause in clauses] for row in rows], np.float32)


def part_of(
    batch: Batch, targets: Floats, clauses: list[str], facts: Sequence[Mapping[str, Any]]
) -> Part:
    """Complete rows, each its own group, with what is known of each under ROW_SCHEMA's names."""
    common = {"split": Split.TRAIN, "origin": Origin.WRITTEN, "lang": "und", "complete": True}
    names = batch.content_hashes()
    table = pa.Table.from_pylist(
        [
            {**common, "content_hash": name, "group": name, "sampling_prob": 1.0, **fact}
            for name, fact in zip(names, facts, strict=True)
        ],
        ROW_SCHEMA,
    )
    return Part(clauses, batch, targets, table)


def written_part(rows: Sequence[Row], clauses: list[str], split: Split) -> Part:
    """A pack's own rows as a part of a dataset."""
    facts = [
        {"kind": r.kind, "near": r.near, "lang": r.lang, "source": r.file.name, "split": split}
        for r in rows
    ]
    return part_of(to_batch(rows), labels(rows, clauses), clauses, facts)


def learned_clauses(pack: Pack, rows: Sequence[Row]) -> list[str]:
    """The clauses that ask for the text model and have a violating example."""
    violated = {clause for row in rows for clause in row.violates}
    return [
        name for name, clause in pack.clauses.items() if name in violated and TEXT in clause.signals
    ]


def catalog_batch(data: Path, count: int, seed: int, *, held_out: bool) -> Batch:
    """A random sample of the real catalogs under a data folder; empty where there are none.

    Several catalogs sell the same products: held-out rows do not have the title of a row to
    train on, nor nearly so.
    """
    table = _catalog_rows(data, held_out=held_out)
    if held_out:
        fresh = unlike(_titles(table), _titles(_catalog_rows(data, held_out=False)))
        table = table.take(pa.array(fresh, pa.int64()))
    picks = np.random.default_rng(seed).permutation(table.num_rows)[:count]
    return Batch(table).take(picks.tolist())


def unlike(titles: Sequence[str], others: Sequence[str]) -> list[int]:
    """The positions of titles that are no near-duplicate of any of the others."""
    copies = {number for number, _, _ in similar_pairs(titles, others, NEAR_DUPLICATE)}
    return [number for number in range(len(titles)) if number not in copies]


def _catalog_rows(data: Path, *, held_out: bool) -> pa.Table:
    files = [data / name for name in CATALOGS if (data / name).is_file()]
    tables = [
        chunk.batch.take(
            row
            for row, listing in enumerate(chunk.batch.ids())
            if is_held_out(f"{file.name}:{listing}") == held_out
        ).table
        for file in files
        for chunk in read_feed(file)
    ]
    return pa.concat_tables(tables) if tables else LISTING_SCHEMA.empty_table()


def _titles(table: pa.Table) -> list[str]:
    return [" ".join(text for _, text in title) for title in table.column("title").to_pylist()]
