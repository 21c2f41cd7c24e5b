"""Soft labels: what teachers think of each listing, asked once and kept."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import DataError
from shelfguard.learn.compress.teachers import Teacher
from shelfguard.learn.data.dataset import Floats, Part
from shelfguard.learn.train.trainer import Watch
from shelfguard.listing import Batch

CHUNK = 256
"""Listings that a teacher reads between two files: an interrupted run loses no more."""

CERTAIN = 1e-5
"""No teacher is surer than this: one that says 0 or 1 would outvote all the others."""

ABOUT = b"soft_labels"
"""The key of a file's metadata that holds its clauses and teachers as JSON."""


@dataclass(frozen=True)
class SoftLabels:
    """P(violates) [listings, clauses] by content hash, NaN where no teacher spoke."""

    clauses: list[str]
    hashes: list[str]
    probabilities: Floats
    about: dict[str, Any]

    def of(self, part: Part) -> Floats:
        """The soft labels of some rows [rows, clauses of the part]; NaN where there are none."""
        places = {name: number for number, name in enumerate(self.hashes)}
        rows = np.array([places.get(name, -1) for name in part.column("content_hash")], np.int64)
        targets = np.full((len(part), len(part.clauses)), np.nan, np.float32)
        known = np.flatnonzero(rows >= 0)
        answers = self.probabilities[rows[known]]
        targets[known] = _columns(answers, self.clauses, part.clauses)
        return targets

    def save(self, path: Path) -> None:
        """Write as Parquet; the same labels give the same bytes."""
        _write(path, self.hashes, self.probabilities, {**self.about, "clauses": self.clauses})

    @classmethod
    def load(cls, path: Path) -> SoftLabels:
        """Read what `save` wrote.

        Raises:
            DataError: it is no such file.
        """
        hashes, probabilities, about = _read(path)
        return cls(about.pop("clauses"), hashes, probabilities, about)


def soft_labels(
    teachers: Sequence[Teacher], part: Part, temperature: float, cache: Path, watch: Watch
) -> SoftLabels:
    """Ask every teacher about every row, and pool the answers.

    Answers lie in `cache` by teacher and listing, so that an interrupted run goes on where it
    stopped, and rows that come later are the only ones to be read. The pooled labels lie there
    too, in a file that the same teachers and rows give again.
    """
    answers = [
        _columns(judge(teacher, part.batch, cache, watch), teacher.scorer.clauses, part.clauses)
        for teacher in teachers
    ]
    pooled = pool(answers, [teacher.weight for teacher in teachers], temperature)
    named = [{"name": t.name, "digest": t.digest, "weight": t.weight} for t in teachers]
    about = {"teachers": named, "temperature": temperature}
    labels = SoftLabels(part.clauses, part.column("content_hash"), pooled, about)
    asked = json.dumps([about, labels.clauses, labels.hashes], sort_keys=True)
    labels.save(cache / f"pooled-{_digest([asked])[:16]}.parquet")
    return labels


def pool(answers: Sequence[Floats], weights: Sequence[float], temperature: float = 1.0) -> Floats:
    """The weighted mean of log-odds over the teachers that speak, [rows, clauses]; else NaN.

    A logarithmic opinion pool (Genest and Zidek, 1986). A `temperature` above 1 draws it towards
    a half, which shows the learner more of the order among unlikely clauses (Hinton, Vinyals and
    Dean, "Distilling the knowledge in a neural network", 2015).
    """
    log_odds = logit(np.stack(answers).astype(np.float64))
    shares = np.where(np.isnan(log_odds), 0.0, np.reshape(weights, (-1, 1, 1)))
    total = shares.sum(axis=0)
    mean = np.nansum(log_odds * shares, axis=0) / np.where(total > 0, total, np.nan)
    return np.asarray(1 / (1 + np.exp(-mean / temperature)), np.float32)


def logit(probabilities: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Log-odds, no surer than `CERTAIN`."""
    kept = np.clip(np.asarray(probabilities, np.float64), CERTAIN, 1 - CERTAIN)
    return np.asarray(np.log(kept / (1 - kept)))


def mix(gold: Floats, soft: Floats, gold_share: float) -> Floats:
    """Targets [rows, clauses] from what people said and what teachers think; NaN where neither.

    Cross-entropy is linear in the target, so this is the sum of a hard and a soft loss.
    """
    both = gold_share * gold + (1 - gold_share) * soft
    known = np.where(np.isnan(soft), gold, both)
    return np.asarray(np.where(np.isnan(gold), soft, known), np.float32)


def judge(teacher: Teacher, batch: Batch, cache: Path, watch: Watch) -> Floats:
    """What one teacher says of each listing, [listings, clauses of the teacher]."""
    folder = cache / teacher.digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    hashes = batch.content_hashes()
    known = _kept(folder)
    missing = [row for row, name in enumerate(hashes) if name not in known]
    started = time.perf_counter()
    for start in range(0, len(missing), CHUNK):
        rows = missing[start : start + CHUNK]
        answers = teacher.scorer.probabilities(batch.take(rows))
        names = [hashes[row] for row in rows]
        about = {"clauses": list(teacher.scorer.clauses), "teacher": teacher.digest}
        _write(folder / f"{_digest(names)[:16]}.parquet", names, answers, about)
        known |= dict(zip(names, answers, strict=True))
        done = start + len(rows)
        watch.advance(done, len(missing))
        watch.log({"rows_a_second": done / (time.perf_counter() - started)}, done)
    width = len(teacher.scorer.clauses)
    return np.array([known[name] for name in hashes], np.float32).reshape(len(hashes), width)


def _columns(answers: Floats, theirs: Sequence[str], ours: Sequence[str]) -> Floats:
    """The answers under our clauses; NaN under those that the teacher does not know."""
    out = np.full((len(answers), len(ours)), np.nan, np.float32)
    places = {name: number for number, name in enumerate(theirs)}
    for column, clause in enumerate(ours):
        if clause in places:
            out[:, column] = answers[:, places[clause]]
    return out


def _kept(folder: Path) -> dict[str, Floats]:
    """Answers by content hash, of all files of one teacher."""
    known: dict[str, Floats] = {}
    for file in sorted(folder.glob("*.parquet")):
        hashes, answers, _ = _read(file)
        known |= dict(zip(hashes, answers, strict=True))
    return known


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _write(path: Path, hashes: Sequence[str], values: Floats, about: dict[str, Any]) -> None:
    """Whole or not at all: a killed run leaves no half file under the name."""
    flat = pa.array(np.ascontiguousarray(values, np.float32).ravel())
    answers = pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    table = pa.table({"content_hash": pa.array(hashes, pa.string()), "probabilities": answers})
    metadata = {ABOUT: json.dumps(about, sort_keys=True).encode()}
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(metadata), part, compression="zstd")
    part.replace(path)


def _read(path: Path) -> tuple[list[str], Floats, dict[str, Any]]:
    try:
        table = pq.read_table(path)
        about = json.loads(table.schema.metadata[ABOUT])
        values = table.column("probabilities").combine_chunks()
        flat = values.flatten().to_numpy(zero_copy_only=False)
        hashes = table.column("content_hash").to_pylist()
        return hashes, flat.reshape(len(hashes), len(about["clauses"])), about
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, ValueError) as error:
        fix = "Remove it: the teachers are asked again"
        raise DataError("no soft labels", file=path, fix=fix) from error
