"""What a dataset holds, in numbers: what its manifest, datasheet and audit say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from shelfguard.learn.data.collected import Entry
from shelfguard.learn.data.dataset import UNSURE, Split


def row_counts(rows: pa.Table) -> list[dict[str, Any]]:
    """Rows by split, origin, kind and language."""
    names = ("split", "origin", "kind", "lang")
    return _count(rows.select(names).to_pylist(), names)


def positive_counts(rows: pa.Table, targets: pa.Table) -> list[dict[str, Any]]:
    """Violating rows by clause, split, origin and language."""
    names = ["content_hash", "split", "origin", "lang"]
    known = {row["content_hash"]: row for row in rows.select(names).to_pylist()}
    found = [
        {"clause": target["clause"], **known[target["content_hash"]]}
        for target in targets.to_pylist()
        if target["probability"] > UNSURE
    ]
    return _count(found, ("clause", "split", "origin", "lang"))


def dropped_counts(
    entries: Sequence[Entry], splits: Sequence[Split | None]
) -> list[dict[str, Any]]:
    """Rows left out because they are grouped with a test row, by kind and source."""
    lost = [
        {"origin": entry.origin.value, "kind": entry.kind, "source": entry.source}
        for entry, split in zip(entries, splits, strict=True)
        if split is None
    ]
    return _count(lost, ("origin", "kind", "source"))


def _count(found: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    counts = Counter(tuple(row[name] for name in names) for row in found)
    return [
        {**dict(zip(names, key, strict=True)), "rows": count}
        for key, count in sorted(counts.items())
    ]
