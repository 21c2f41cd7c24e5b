"""Parts of a dataset, put together and cut."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import Dataset, Part
from shelfguard.listing import Batch

CATALOG = "catalog"
"""The kind of a real row that is presumed innocent."""

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

NO_ROWS = np.empty(0, np.int64)


def training_rows(dataset: Dataset) -> Part:
    """The rows to train on.

    Raises:
        DataError: there are none, or none of them violates anything.
    """
    part = dataset.train
    if not (part.truth == 1).any():
        fix = "Build the dataset with labelled rows that violate a clause"
        raise DataError("no violation to learn from", file=dataset.root, fix=fix)
    return part


def joined(*parts: Part) -> Part:
    """One part after the other; all have the same clauses."""
    return Part(
        parts[0].clauses,
        Batch(pa.concat_tables([part.batch.table for part in parts])),
        np.vstack([part.targets for part in parts]),
        pa.concat_tables([part.rows for part in parts]),
    )


def is_catalog(part: Part) -> npt.NDArray[np.bool_]:
    """Which rows [rows] are real and presumed innocent."""
    return np.array([kind == CATALOG for kind in part.column("kind")], bool)


def limit_catalog(part: Part, count: int | None, seed: int, first: Rows = NO_ROWS) -> Part:
    """At most `count` of the catalog's rows beside all others; None keeps all.

    The rows `first` are kept before all others, which are drawn at random.
    """
    if count is None:
        return part
    catalog = np.setdiff1d(np.flatnonzero(is_catalog(part)), first)
    drawn = np.concatenate([first, np.random.default_rng(seed).permutation(catalog)])[:count]
    return part.take(np.sort(np.concatenate([np.flatnonzero(~is_catalog(part)), drawn])))
