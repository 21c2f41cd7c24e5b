"""The recipe of the student: the rule signals' findings and hashed words under linear heads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import expit

from shelfguard.learn.data.dataset import Part
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.augment import Style, rows_to_learn
from shelfguard.learn.train.held_out import held_out_figures
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.student import STRENGTH, read_documents
from shelfguard.learn.train.student import train as train_heads
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.load import load_labelled
from shelfguard.signals.base import Derived, Signal, find_hits
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import read_by

Floats = npt.NDArray[np.float32]

FILE = "student.npz"


class StudentSettings(Settings):
    """`pack` has the rule signals, the dataset's own by default; `strength` is the inverse penalty.

    `catalog_rows` limits the real rows that are presumed innocent.
    """

    pack: str | None = None
    strength: float = Field(STRENGTH, gt=0)
    catalog_rows: int | None = Field(30_000, ge=0)
    style: Style = Style(share=1.0)


def train(job: Job) -> None:
    """Write `student.npz`; the same seed and rows give the same bytes.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        PackError: there is no such pack.
    """
    settings = read_settings(StudentSettings, job.settings)
    signals = pack_signals(settings.pack or job.dataset.manifest.pack)
    part = rows_to_learn(job.dataset, settings.catalog_rows, settings.style, job.seed)
    job.watch.say(f"{len(part)} rows, {len(part.clauses)} clauses")
    student = fit_student(part, signals, settings.strength)
    student.save(job.folder / FILE)
    scorer = StudentScorer(Student.load(job.folder / FILE), signals)
    job.watch.log(held_out_figures(scorer, job.dataset.calibration), 0)


def fit_student(part: Part, signals: Sequence[Signal], strength: float = STRENGTH) -> Student:
    """A student with a head a clause and the NEAR head."""
    documents = read_documents(part.batch, signals)
    targets = np.column_stack([part.targets, near_targets(part)])
    return train_heads(documents, targets, [*part.clauses, NEAR], strength, part.weights)


def near_targets(part: Part) -> Floats:
    """Whether each row [rows] is about some clause, legal or not; NaN where nobody knows."""
    near = np.array([name is not None for name in part.column("near")], bool)
    near |= (part.truth == 1).any(axis=1)
    known = near | np.array(part.column("complete"), bool)
    return np.where(known, near, np.nan).astype(np.float32)


def pack_signals(pack: str) -> list[Signal]:
    """The rule signals of a pack given by folder, name or label such as `mine@1.0.0+1a2b3c`.

    Raises:
        PackError: there is no such pack.
    """
    return build_signals(load_labelled(pack))


class StudentScorer:
    """A Scorer: the student beside the rule signals whose findings it weighs."""

    def __init__(self, student: Student, signals: Sequence[Signal]) -> None:
        self._student, self._signals = student, signals

    @property
    def clauses(self) -> list[str]:
        return list(self._student.clauses[:-1])

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], not calibrated."""
        return np.asarray(expit(self.log_odds(batch)[:, :-1]), np.float32)

    def log_odds(self, batch: Batch) -> Floats:
        """Raw log-odds [listings, clauses + 1]; the last column is the NEAR head's."""
        derived = Derived(batch)
        return read_by(self._student, derived, find_hits(self._signals, derived)).scores


def load(folder: Path, record: ModelRecord) -> StudentScorer:
    """The student of a folder, with the signals of the pack that it was trained under.

    Raises:
        ModelError: the file is no student.
        PackError: the pack is not here.
    """
    pack = record.recipe.get("settings", {}).get("pack") or record.pack
    return StudentScorer(Student.load(folder / FILE), pack_signals(pack))
