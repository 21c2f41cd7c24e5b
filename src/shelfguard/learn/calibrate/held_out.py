"""The rows that a calibration rests on: no model was trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.corpus import TWIN, labels, to_batch
from shelfguard.learn.data.dataset import Origin, Part
from shelfguard.listing import Batch
from shelfguard.policy.rows import Row

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

CATALOG, UNLABELLED = "catalog", "unlabelled"
"""Kinds of rows of a dataset: presumed innocent, and of unknown label."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Labelled listings, and real ones presumed innocent.

    `targets` [rows, clauses] are 0 or 1, NaN where nobody knows. `near` [rows] tells which rows
    were written or found for some clause. Rows of one group are not independent. `weights`
    [rows] are inverse sampling probabilities.
    """

    clauses: Sequence[str]
    batch: Batch
    targets: Floats
    near: Flags
    groups: Sequence[str]
    weights: Floats
    catalog: Batch

    @classmethod
    def of_rows(cls, rows: Sequence[Row], clauses: Sequence[str], catalog: Batch) -> HeldOut:
        """A pack's rows, each fully labelled; twins are one group."""
        near = np.array([row.near is not None for row in rows], bool)
        groups = [TWIN.sub("", row.id) for row in rows]
        weights = np.ones(len(rows), np.float32)
        return cls(clauses, to_batch(rows), labels(rows, clauses), near, groups, weights, catalog)

    @classmethod
    def of_part(cls, part: Part) -> HeldOut:
        """Rows of a dataset; a listing violates where that is likelier than not."""
        kind, origin = np.array(part.column("kind")), np.array(part.column("origin"))
        catalog = (kind == CATALOG) & (origin == Origin.REAL.value)
        known = part.take(np.flatnonzero(~catalog & (kind != UNLABELLED)))
        return cls(
            part.clauses,
            known.batch,
            known.truth,
            np.array([near is not None for near in known.column("near")], bool),
            known.column("group"),
            known.weights,
            part.take(np.flatnonzero(catalog)).batch,
        )

    def truth(self, clauses: Sequence[str]) -> Floats:
        """The targets [rows, clauses] of a model's clauses; NaN for one that no row is about."""
        truth = np.full((len(self.batch), len(clauses)), np.nan, np.float32)
        places = {name: number for number, name in enumerate(self.clauses)}
        for column, name in enumerate(clauses):
            if name in places:
                truth[:, column] = self.targets[:, places[name]]
        return truth

    @property
    def violating(self) -> Flags:
        """Which rows violate some clause."""
        return np.asarray((self.targets > 0).any(axis=1))

    @property
    def kinds(self) -> dict[str, Flags]:
        """Which rows violate, which are legal look-alikes of a clause, and which are neither.

        A row is innocent only where all clauses are known.
        """
        innocent = (self.targets == 0).all(axis=1)
        return {
            "violating": self.violating,
            "look_alike": innocent & self.near,
            "ordinary": innocent & ~self.near,
        }
