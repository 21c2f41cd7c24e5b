"""A versioned dataset: listings, what is known of them, and where they may be used."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.errors import DataError
from shelfguard.listing import LISTING_SCHEMA, Batch
from shelfguard.policy.schema import row_problem

Floats = npt.NDArray[np.float32]

LISTINGS, ROWS, LABELS, MANIFEST = (
    "listings.parquet",
    "rows.parquet",
    "labels.parquet",
    "manifest.json",
)


UNSURE = 0.5
"""The target of a pair that people looked at and left open."""


class Split(StrEnum):
    """What a row may be used for: fitting, calibrating and choosing, or a final figure."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    TEST = "test"


class Origin(StrEnum):
    """Whether a row was written for the purpose or comes from a real catalog."""

    WRITTEN = "written"
    REAL = "real"


ROW_SCHEMA = pa.schema(
    [
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("near", pa.string()),
        pa.field("lang", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("complete", pa.bool_(), nullable=False),
        pa.field("sampling_prob", pa.float64(), nullable=False),
        pa.field("as_of", pa.timestamp("us", tz="UTC")),
    ]
)
"""What is known of each listing, in the order of `listings.parquet`.

`kind` is one of the pack's kinds of rows, `catalog` for a real row presumed innocent,
`reviewed` for one that people labelled, or `unlabelled`. `near` is the clause that a row was
written or retrieved for. Rows of one `group` (seller, near-duplicates, twins) share a split.
Where `complete`, a clause without a label is not violated; elsewhere it is unknown.
"""

TARGET_SCHEMA = pa.schema(
    [
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("clause", pa.string(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("annotators", pa.int32(), nullable=False),
    ]
)
"""The merged labels: P(violates) of the (listing, clause) pairs that somebody judged."""


class Manifest(BaseModel):
    """`manifest.json`: what the dataset is made of. `id` is a digest of all the rest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    pack: str
    clauses: list[str]
    split_rule: dict[str, Any]
    sources: list[dict[str, Any]]
    files: dict[str, str]
    counts: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 over everything but `id`, digests of the files included."""
        content = self.model_dump(mode="json", exclude={"id"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a dataset, as trainers and evaluation see them.

    `targets` [rows, clauses] are P(violates), NaN where nobody knows. `weights` [rows] are the
    inverse sampling probabilities.
    """

    clauses: list[str]
    batch: Batch
    targets: Floats
    rows: pa.Table

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def weights(self) -> Floats:
        return np.asarray(1 / self.rows.column("sampling_prob").to_numpy(), np.float32)

    @property
    def truth(self) -> Floats:
        """1 where a violation is more likely than not, 0 elsewhere, [rows, clauses].

        NaN where nobody knows, or all who were asked were unsure.
        """
        return truth_of(self.targets)

    def column(self, name: str) -> list[Any]:
        """A column of ROW_SCHEMA as plain values."""
        return list(self.rows.column(name).to_pylist())

    def take(self, places: npt.NDArray[np.int64]) -> Part:
        """Some of the rows, by position."""
        index = pa.array(places, pa.int64())
        batch = Batch(self.batch.table.take(index))
        return Part(self.clauses, batch, self.targets[places], self.rows.take(index))


@dataclass(frozen=True)
class Dataset:
    """A dataset folder, read."""

    root: Path
    manifest: Manifest
    everything: Part

    @classmethod
    def load(cls, root: Path, *, verify: bool = True) -> Self:
        """Read a dataset that `shelfguard data build` wrote.

        Raises:
            DataError: a file is missing, or is not the one that the manifest names. Without
                `verify`, only that it cannot be read.
        """
        manifest = read_manifest(root)
        if verify and (changed := changed_files(root, manifest)):
            problem, fix = "is not the file that the manifest names", "Build the dataset again"
            raise DataError(problem, file=root / changed[0], fix=fix)
        tables = [_read(root, name) for name in (LISTINGS, ROWS, LABELS)]
        listings, rows, labels = tables
        targets = target_matrix(rows, labels, manifest.clauses)
        part = Part(manifest.clauses, Batch(listings.cast(LISTING_SCHEMA)), targets, rows)
        return cls(root, manifest, part)

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def clauses(self) -> list[str]:
        return self.manifest.clauses

    def part(self, split: Split, origin: Origin | None = None) -> Part:
        """The rows of one split, of one origin or of both."""
        column = self.everything.rows.column
        mask = pc.equal(column("split"), split.value)
        if origin:
            mask = pc.and_(mask, pc.equal(column("origin"), origin.value))
        return self.everything.take(np.flatnonzero(mask.to_numpy(zero_copy_only=False)))

    @cached_property
    def train(self) -> Part:
        return self.part(Split.TRAIN)

    @cached_property
    def calibration(self) -> Part:
        return self.part(Split.CALIBRATION)

    @cached_property
    def test(self) -> Part:
        return self.part(Split.TEST)


def truth_of(targets: Floats) -> Floats:
    """1 where a violation is more likely than not, 0 elsewhere, NaN where nobody is sure."""
    known = ~np.isnan(targets) & (targets != UNSURE)
    return np.where(known, targets > UNSURE, np.nan).astype(np.float32)


def target_matrix(rows: pa.Table, labels: pa.Table, clauses: list[str]) -> Floats:
    """P(violates) [rows, clauses] from merged labels; NaN where nobody knows."""
    complete = rows.column("complete").to_numpy(zero_copy_only=False)
    targets = np.full((rows.num_rows, len(clauses)), np.nan, np.float32)
    targets[complete] = 0.0
    places = {name: number for number, name in enumerate(rows.column("content_hash").to_pylist())}
    columns = {name: number for number, name in enumerate(clauses)}
    for label in labels.to_pylist():
        if label["content_hash"] in places and label["clause"] in columns:
            place = places[label["content_hash"]], columns[label["clause"]]
            targets[place] = label["probability"]
    return targets


def read_manifest(root: Path) -> Manifest:
    """The manifest of a dataset folder.

    Raises:
        DataError: there is none, or it is not a manifest.
    """
    file = root / MANIFEST
    if not file.is_file():
        fix = "Build it first: shelfguard data build --out FOLDER"
        raise DataError("no dataset here", file=root, fix=fix)
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except ValidationError as error:
        field, problem = row_problem(error, Manifest)
        raise DataError(problem, file=file, field=field) from error


def changed_files(root: Path, manifest: Manifest) -> list[str]:
    """The files that are missing or whose SHA-256 is not the manifest's."""
    return [
        name
        for name, sha256 in sorted(manifest.files.items())
        if not (root / name).is_file() or file_digest(root / name) != sha256
    ]


def file_digest(file: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read(root: Path, name: str) -> pa.Table:
    try:
        return pq.read_table(root / name)
    except (OSError, pa.ArrowInvalid) as error:
        problem, fix = "cannot be read as Parquet", "Build the dataset again"
        raise DataError(problem, file=root / name, fix=fix) from error
