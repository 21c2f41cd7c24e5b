"""A review batch: questions with their listings, which become labels once they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shelfguard.errors import DataError
from shelfguard.learn.labels.active import Pick
from shelfguard.learn.labels.files import form_of, write_rows
from shelfguard.learn.labels.label import Source
from shelfguard.learn.labels.pool import Pool


def write_review_batch(picks: Sequence[Pick], pool: Pool, file: Path) -> None:
    """One JSON object a question, in the order of the picks.

    The fields of a label come first. A person fills in `answer`, `annotator` and `as_of`, and
    the file is a label file. Where `clause` is `*` every clause is asked about: add a copy of the
    line for each one that is violated, and answer the line itself with `ok`, which then stands
    for the others.

    Raises:
        DataError: the file's name does not end in `.jsonl` or `.jsonl.gz`.
    """
    if form_of(file) != "jsonl":
        raise DataError("listings do not fit a table", file=file, fix="Use .jsonl or .jsonl.gz")
    listings = pool.batch.take([pick.row for pick in picks]).records()
    rows = [_question(pick, pool, listing) for pick, listing in zip(picks, listings, strict=True)]
    write_rows(rows, file, ())


def _question(pick: Pick, pool: Pool, listing: dict[str, Any]) -> dict[str, Any]:
    random = pick.reason == "random"
    return {
        "listing_hash": pool.hashes[pick.row],
        "clause": pick.clause,
        "answer": None,
        "source": (Source.AUDIT if random else Source.REVIEW).value,
        "annotator": None,
        "sampling_prob": pick.sampling_prob,
        "as_of": None,
        "reason": pick.reason,
        "probability": pick.probability,
        "listing": {name: value for name, value in listing.items() if value not in (None, {}, [])},
    }
