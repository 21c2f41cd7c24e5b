"""A tiny cut of a dataset, on which a whole training takes a moment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.dataset import Dataset, Part, Split

CLAUSES = 8
ROWS = {Split.TRAIN: 200, Split.CALIBRATION: 80, Split.TEST: 80}
VIOLATING_SHARE = 0.5

Integers = npt.NDArray[np.int64]


def cut_for_smoke(dataset: Dataset) -> Dataset:
    """A few hundred rows of the clauses with most violations; always the same ones.

    The id stays, since no other dataset is named: records of such models say `smoke`.
    """
    part = dataset.everything
    columns = _most_violated(dataset.train)
    kept = np.concatenate([_pick(part, split, columns) for split in Split])
    clauses = [part.clauses[column] for column in columns]
    small = part.take(np.sort(kept))
    smaller = Part(clauses, small.batch, small.targets[:, columns], small.rows)
    manifest = dataset.manifest.model_copy(update={"clauses": clauses})
    return Dataset(dataset.root, manifest, smaller)


def _most_violated(part: Part) -> Integers:
    violations = (part.truth == 1).sum(axis=0)
    return np.sort(np.argsort(-violations, kind="stable")[:CLAUSES])


def _pick(part: Part, split: Split, columns: Integers) -> Integers:
    """Rows of a split: of each clause in turn a violation, then any others."""
    names = np.array(part.column("content_hash"))
    rows = np.flatnonzero(np.array(part.column("split")) == split.value)
    rows = rows[np.argsort(names[rows], kind="stable")]
    violates = part.truth[np.ix_(rows, columns)] == 1
    turn = np.where(violates, np.cumsum(violates, axis=0), len(rows) + 1).min(
        axis=1, initial=len(rows) + 1
    )
    violating = rows[np.argsort(turn, kind="stable")][: int(violates.any(axis=1).sum())]
    first = violating[: int(ROWS[split] * VIOLATING_SHARE)]
    others = rows[~violates.any(axis=1)][: ROWS[split] - len(first)]
    return np.concatenate([first, others])
