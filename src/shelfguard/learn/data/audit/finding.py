"""What an audit finds, and the dataset as its checks see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.catalog import Progress
from shelfguard.learn.data.collected import texts
from shelfguard.learn.data.dataset import Dataset, Floats, Split
from shelfguard.learn.data.groups import near_duplicates

Severity = Literal["error", "warning"]

SHOWN = 5
"""Rows that a finding names."""

Pair = tuple[int, int, float]
"""(row, row, Jaccard similarity)"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a dataset, and how to mend it.

    `count` is how often it occurs; `rows` names a few of the listings by content hash.
    """

    severity: Severity
    code: str
    message: str
    fix: str
    count: int = 1
    clause: str | None = None
    rows: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Subject:
    """A dataset under audit, each part worked out once, when a check first asks for it.

    `probabilities` [rows, clauses] are those of models that have not learned from the row.
    """

    def __init__(
        self, dataset: Dataset, progress: Progress, probabilities: Floats | None = None
    ) -> None:
        self.dataset, self.progress, self.probabilities = dataset, progress, probabilities

    @cached_property
    def splits(self) -> list[str]:
        return self.dataset.everything.column("split")

    @cached_property
    def hashes(self) -> list[str]:
        return self.dataset.everything.column("content_hash")

    @cached_property
    def violates(self) -> npt.NDArray[np.bool_]:
        """Whether a row violates a clause, as far as known, [rows, clauses]."""
        return np.nan_to_num(self.dataset.everything.targets) > 0.5

    @cached_property
    def pairs(self) -> list[Pair]:
        """Near-duplicates that are in different splits or that are labelled differently."""

        def wanted(a: int, b: int) -> bool:
            return self.splits[a] != self.splits[b] or bool(self.contradicted(a, b).any())

        listings = self.dataset.everything.batch.table
        return list(near_duplicates(texts(listings), wanted, self.progress))

    def contradicted(self, a: int, b: int) -> npt.NDArray[np.bool_]:
        """The clauses that one of two rows violates and the other, as is known, does not."""
        targets = self.dataset.everything.targets
        known = ~np.isnan(targets[a]) & ~np.isnan(targets[b])
        opposed = (targets[a] > 0.5) != (targets[b] > 0.5)
        settled = (targets[a] != 0.5) & (targets[b] != 0.5)
        return np.asarray(known & opposed & settled)

    def named(self, places: Sequence[int]) -> tuple[str, ...]:
        """The first few of these rows by content hash."""
        return tuple(dict.fromkeys(self.hashes[place] for place in places))[:SHOWN]

    def across(self, keys: Sequence[Any]) -> Iterator[list[int]]:
        """The rows of each key that is in several splits; None is no key."""
        rows: dict[Any, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            if key is not None:
                rows[key].append(place)
        for places in rows.values():
            if len({self.splits[place] for place in places}) > 1:
                yield places

    def rows_of(self, split: Split) -> npt.NDArray[np.bool_]:
        return np.asarray(np.array(self.splits) == split.value, np.bool_)
