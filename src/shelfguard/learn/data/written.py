"""A pack's own examples and cases as rows of a dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from shelfguard.learn.data.collected import Collected, Entry
from shelfguard.learn.data.corpus import CALIBRATION, to_batch
from shelfguard.learn.data.dataset import TARGET_SCHEMA, Origin, Split, file_digest
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row, read_rows


def read_written(pack: Pack) -> list[Collected]:
    """The cases, all reserved for testing, then the examples.

    Raises:
        PackError: rows break the schema or name clauses not in the pack.
    """
    return [_collect(pack, folder) for folder in ("cases", "examples")]


def _collect(pack: Pack, folder: str) -> Collected:
    rows = read_rows(pack, folder)
    batch = to_batch(rows)
    hashes = batch.content_hashes()
    entries = [_entry(row, name, folder) for row, name in zip(rows, hashes, strict=True)]
    targets = pa.Table.from_pylist(list(_targets(rows, hashes)), TARGET_SCHEMA)
    return Collected(batch.table, entries, targets, _sources(rows, folder))


def _entry(row: Row, content_hash: str, folder: str) -> Entry:
    return Entry(
        content_hash,
        name=row.id,
        origin=Origin.WRITTEN,
        kind=row.kind,
        lang=row.lang,
        source=f"{folder}/{row.file.name}",
        near=row.near,
        seller=row.seller_id,
        fixed=_fixed(row, folder),
    )


def _fixed(row: Row, folder: str) -> Split | None:
    if folder == "cases":
        return Split.TEST
    return Split.CALIBRATION if row.file.name.endswith(CALIBRATION) else None


def _targets(rows: Sequence[Row], hashes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What the author says: the clauses that a row violates, and the one it only comes near."""
    for row, name in zip(rows, hashes, strict=True):
        for clause in sorted({*row.violates, *filter(None, [row.near])}):
            yield {
                "content_hash": name,
                "clause": clause,
                "probability": float(clause in row.violates),
                "annotators": 1,
            }


def _sources(rows: Sequence[Row], folder: str) -> list[dict[str, Any]]:
    files = sorted({row.file for row in rows})
    named = "\n".join(f"{file.name} {file_digest(file)}" for file in files)
    sha256 = hashlib.sha256(named.encode()).hexdigest()
    about = {"name": folder, "role": folder, "sha256": sha256, "rows": len(rows)}
    return [{**about, "files": len(files)}] if rows else []
