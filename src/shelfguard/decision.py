"""What goes out: evidence, reasons and one decision a listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.listing import Batch


class Outcome(StrEnum):
    """What happens to a listing, from least to most severe."""

    ALLOW = "allow"
    WARN = "warn"
    REQUEST_EVIDENCE = "request_evidence"
    REVIEW = "review"
    BLOCK = "block"
    ESCALATE = "escalate"

    @property
    def severity(self) -> int:
        return SEVERITY[self]


SEVERITY = {outcome: rank for rank, outcome in enumerate(Outcome)}

Mode = Literal["shadow", "enforce"]
"""Shadow decides and records; enforce also acts."""


@dataclass(frozen=True, slots=True)
class RunLengths:
    """COCO's uncompressed run-length encoding of a mask: `size` is its height and width."""

    size: tuple[int, int]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture that a decision rests on: its bytes' SHA-256, or why they were not to be had."""

    uri: str
    sha256: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a reader can check against the listing.

    A span names a text by field and lang and gives its offsets in that text as it was
    submitted, so `quote == text[start:end]`. An attribute gives its value, or None where
    its absence is the evidence. The other kinds are of a picture, which `field` names by its
    place (`images[0]`) and `picture` by the SHA-256 of its bytes. A region is a `box`, with what
    was read there as its quote, or the whole picture where there is no box; a mask marks pixels;
    a match names the entry of a bank of known pictures, and in how many bits the hashes differ.
    """

    kind: Literal["span", "attribute", "region", "mask", "match"]
    signal: str
    field: str
    lang: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    note: str | None = None
    weight: float | None = None
    picture: str | None = None
    box: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom in shares of the picture's width and height."""
    mask: RunLengths | None = None
    bank: str | None = None
    entry: int | None = None
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one clause counts against a listing. Probability None: no calibrated model."""

    clause: str
    citation: str
    outcome: Outcome
    probability: float | None
    raw: float | None
    stage: str
    evidence: list[Evidence] = field(default_factory=list)


_EVIDENCE = pa.struct(
    [
        ("kind", pa.string()),
        ("signal", pa.string()),
        ("field", pa.string()),
        ("lang", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("quote", pa.string()),
        ("note", pa.string()),
        ("weight", pa.float64()),
        ("picture", pa.string()),
        ("box", pa.list_(pa.float64())),
        ("mask", pa.struct([("size", pa.list_(pa.int32())), ("counts", pa.list_(pa.int32()))])),
        ("bank", pa.string()),
        ("entry", pa.int64()),
        ("distance", pa.int32()),
    ]
)

_PICTURE = pa.struct([("uri", pa.string()), ("sha256", pa.string()), ("failure", pa.string())])

_REASON = pa.struct(
    [
        ("clause", pa.string()),
        ("citation", pa.string()),
        ("outcome", pa.string()),
        ("probability", pa.float64()),
        ("raw", pa.float64()),
        ("stage", pa.string()),
        ("evidence", pa.list_(_EVIDENCE)),
    ]
)

DECISION_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("listing_id", pa.string()),
        ("content_hash", pa.string()),
        ("source_uri", pa.string()),
        ("source_row", pa.int64()),
        ("pack", pa.string()),
        ("models", pa.string()),
        ("outcome", pa.string()),
        ("reasons", pa.list_(_REASON)),
        ("stage", pa.string()),
        ("cost", pa.float64()),
        ("mode", pa.string()),
        ("degraded", pa.list_(pa.string())),
        ("pictures", pa.list_(_PICTURE)),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("ms", pa.float32()),
    ]
)
"""One row a decision, in feed order.

`id` is derived from content hash, pack and models, so the same input gives the same id.
`pack` is `id@version+sha256`, `models` the digest over all model files; `stage` is the
stage that settled the decision; `cost` is that of the stages run, in microseconds of
one core as priced in the pack; `degraded` names what did not run or could not judge, and why;
`pictures` are those that were looked at, in the listing's order.
"""

VOLATILE_COLUMNS = ("decided_at", "ms")
"""Columns that may differ between two runs over the same input."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of one batch, in its order.

    `table` has DECISION_SCHEMA; `probabilities` is float32 [rows, clauses], NaN where
    unknown; `seconds` and `rows` count time spent and listings seen by stage. `left_out`
    holds, for each stage that the caller went without, the rows that it would have read.
    """

    table: pa.Table
    clauses: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]
    seconds: dict[str, float]
    rows: dict[str, int]
    left_out: Mapping[str, frozenset[int]] = field(default_factory=dict)


class Decider(Protocol):
    """Anything that decides a batch: the engine, or a tiny fake in a test."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clause of each column of `Decisions.probabilities`."""
        ...

    def run(self, batch: Batch) -> Decisions:
        """Decide every listing of the batch, in order."""
        ...
