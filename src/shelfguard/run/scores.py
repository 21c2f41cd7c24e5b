"""The probabilities of a finished scan, listing by listing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shelfguard.decision import Outcome
from shelfguard.durable import replacing
from shelfguard.errors import RunError
from shelfguard.run.records import read_run

Floats = npt.NDArray[np.float32]

LISTING = "listing_id"


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scan found, in feed order.

    `probabilities` is [listings, clauses], NaN where unknown. `flagged` [listings] are those
    whose outcome is not `allow`.
    """

    ids: Sequence[str]
    hashes: Sequence[str]
    clauses: Sequence[str]
    probabilities: Floats
    flagged: npt.NDArray[np.bool_]

    def write_queue(self, file: Path, cases: Iterable[Mapping[str, Any]]) -> None:
        """Write cases, each with the number of its `row`, as JSON Lines that name the listing."""
        with replacing(file) as temporary, temporary.open("w", encoding="utf-8") as sink:
            for case in cases:
                row, rest = case["row"], {k: v for k, v in case.items() if k != "row"}
                named = {LISTING: self.ids[row], "content_hash": self.hashes[row], **rest}
                sink.write(json.dumps(named, ensure_ascii=False) + "\n")


def read_scores(out: Path, scores: Path | None = None) -> Scored:
    """The probabilities of a scan's folder, from the file that `--scores` wrote.

    Where the scan wrote none, from the reasons of its decisions, so of flagged listings alone.

    Raises:
        RunError: there is no finished scan, or the scores are of another one.
    """
    kept = read_run(out)["options"].get("scores")
    path = scores or (Path(kept) if kept else None)
    columns = [LISTING, "content_hash", "outcome", "reasons"]
    decisions = _read(out / "decisions.parquet", columns if path is None else columns[:-1])
    ids = decisions.column(LISTING).to_pylist()
    if path is None:
        clauses, probabilities = _from_reasons(decisions.column("reasons").to_pylist())
    else:
        clauses, probabilities = _from_table(path, ids)
    flagged = pc.not_equal(decisions.column("outcome"), Outcome.ALLOW.value)
    return Scored(
        ids,
        decisions.column("content_hash").to_pylist(),
        clauses,
        probabilities,
        flagged.to_numpy().astype(bool),
    )


def _from_table(path: Path, ids: Sequence[str]) -> tuple[list[str], Floats]:
    table = _read(path)
    if LISTING not in table.column_names or table.column(LISTING).to_pylist() != ids:
        fix = "Give the file that --scores wrote in this scan"
        raise RunError("not the scores of this scan", file=path, fix=fix)
    clauses = [name for name in table.column_names if name != LISTING]
    columns = [table.column(name).to_numpy().astype(np.float32) for name in clauses]
    return clauses, np.column_stack(columns) if columns else np.empty((len(ids), 0), np.float32)


def _from_reasons(
    reasons: Sequence[Sequence[Mapping[str, Any]] | None],
) -> tuple[list[str], Floats]:
    clauses = sorted({reason["clause"] for found in reasons for reason in found or ()})
    places = {name: number for number, name in enumerate(clauses)}
    probabilities = np.full((len(reasons), len(clauses)), np.nan, np.float32)
    for row, found in enumerate(reasons):
        for reason in found or ():
            if reason["probability"] is not None:
                probabilities[row, places[reason["clause"]]] = reason["probability"]
    return clauses, probabilities


def _read(path: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns)
    except FileNotFoundError:
        fix = "Scan again, with --scores FILE for the probabilities of every listing"
        raise RunError("is missing", file=path, fix=fix) from None
    except pa.ArrowInvalid as error:
        raise RunError(f"not Parquet: {error}", file=path, fix="Scan again") from error
