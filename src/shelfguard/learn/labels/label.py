"""The label record: what one annotator said of one listing and one clause."""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa


class Answer(StrEnum):
    """What an annotator can say; `unsure` is an answer and not a missing one."""

    VIOLATES = "violates"
    OK = "ok"
    UNSURE = "unsure"


class Source(StrEnum):
    """Where a label comes from: only the first three are people who looked at the listing."""

    REVIEW = "review"
    AUDIT = "audit"
    AUTHOR = "author"
    RULE = "rule"
    MODEL = "model"


LABEL_SCHEMA = pa.schema(
    [
        pa.field("listing_hash", pa.string(), nullable=False),
        pa.field("clause", pa.string(), nullable=False),
        pa.field("answer", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("sampling_prob", pa.float64(), nullable=False),
        pa.field("as_of", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)
"""One row a (listing, clause, annotator).

`listing_hash` is the listing's content hash. `sampling_prob` is the probability, above 0 and at
most 1, with which the listing was picked to be labelled: figures weigh it by the inverse
(Horvitz and Thompson, 1952).
"""
