"""Labels that are probably wrong, for people to look at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.dataset import UNSURE, Part
from shelfguard.learn.labels.files import write_rows
from shelfguard.learn.labels.label import Answer
from shelfguard.learn.labels.texts import titles

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label to review again.

    `probability` is the model's P(violates) and `score` its probability of the given label:
    the lower, the more doubtful.
    """

    content_hash: str
    clause: str
    given: Answer
    probability: float
    score: float
    title: str

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "given": self.given.value}


COLUMNS = tuple(field.name for field in fields(Suspect))


def find_suspects(part: Part, probabilities: Floats) -> list[Suspect]:
    """Labels that contradict a model which has not learned from them, most doubtful first.

    `probabilities` [rows, clauses] must be out of fold, or of a model trained on other rows;
    NaN is no opinion. Each clause is judged by itself with confident learning (Northcutt,
    Jiang and Chuang, 2021, as cleanlab does it): a label is doubted where the model holds the
    other answer with more confidence than it usually has in that answer. A target of 0.5 is
    nobody's label and cannot be wrong.
    """
    names = titles(part.batch)
    hashes = part.column("content_hash")
    found = []
    for column, clause in enumerate(part.clauses):
        targets, model = part.targets[:, column], probabilities[:, column]
        judged = np.flatnonzero(~np.isnan(targets) & (targets != UNSURE) & ~np.isnan(model))
        given = (targets[judged] > UNSURE).astype(int)
        for place in np.flatnonzero(_doubtful(given, model[judged])).tolist():
            row, violates = int(judged[place]), bool(given[place])
            p = round(float(model[row]), 5)
            answer = Answer.VIOLATES if violates else Answer.OK
            score = p if violates else round(1 - p, 5)
            found.append(Suspect(hashes[row], clause, answer, p, score, names[row]))
    return sorted(found, key=lambda s: (s.score, s.content_hash, s.clause))


def write_suspects(suspects: Sequence[Suspect], file: Path) -> None:
    """Write the list as JSONL or CSV, as the file's name says.

    Raises:
        DataError: the name says neither.
    """
    write_rows([suspect.as_dict() for suspect in suspects], file, COLUMNS)


def _doubtful(given: npt.NDArray[np.int64], model: Floats) -> npt.NDArray[np.bool_]:
    """Which labels [rows] of one clause contradict the model."""
    if len(set(given.tolist())) < 2:
        # Without both answers the model's usual confidence is unknown: an even chance decides.
        return np.asarray((model > 0.5) != (given == 1), bool)
    from cleanlab.filter import find_label_issues

    both = np.column_stack([1 - model, model]).astype(np.float64)
    mask = find_label_issues(given, both, filter_by="confident_learning", n_jobs=1)
    return np.asarray(mask, bool)
