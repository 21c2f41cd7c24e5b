"""What a student is taught: rows, and targets from people and teachers together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelfguard.errors import DataError
from shelfguard.learn.compress.soft_labels import mix, soft_labels
from shelfguard.learn.compress.teachers import Teacher, load_teachers
from shelfguard.learn.data.dataset import Floats, Part
from shelfguard.learn.train.trainer import Job
from shelfguard.policy.schema import row_problem

PRESUMED = ("catalog", "unlabelled")
"""Kinds of rows that nobody labelled: the teachers alone speak of them."""

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Integers = npt.NDArray[np.int64]


class Distillation(BaseModel):
    """Settings that every student shares.

    `teachers` are sources with weights. `gold_share` is what people's labels count beside the
    teachers', where there are both. `rows` limits how many are learned from. `cache` keeps the
    teachers' answers for every recipe that asks them again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    teachers: dict[str, Positive] = Field(min_length=1)
    temperature: Positive = 1.0
    gold_share: Share = 0.5
    rows: Annotated[int, Field(gt=0)] | None = None
    cache: Path = Path("out/soft-labels")


Known = TypeVar("Known", bound=Distillation)


def read_settings(model: type[Known], settings: Mapping[str, Any]) -> Known:
    """A recipe's settings.

    Raises:
        DataError: a key is unknown, or a value does not fit it.
    """
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        field, problem = row_problem(error, model)
        raise DataError(problem, field=f"settings.{field}" if field else "settings") from error


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from with `targets` [rows, clauses], and rows to check on.

    `checked` has complete labels; `taught` are the teachers' answers for it.
    """

    part: Part
    targets: Floats
    checked: Part
    taught: Floats

    @property
    def presumed(self) -> npt.NDArray[np.bool_]:
        """Which rows nobody labelled, [rows]."""
        return np.isin(self.part.column("kind"), PRESUMED)

    def topics(self) -> Integers:
        """The clause that each row is about; `len(clauses)` where it is about none, [rows].

        Of a labelled row, the one that it was written or retrieved for; of others, the likeliest
        clause, where it is likelier than not.
        """
        clauses = self.part.clauses
        places = {clause: number for number, clause in enumerate(clauses)}
        told = [places.get(near, len(clauses)) for near in self.part.column("near")]
        likely = np.nan_to_num(self.targets)
        guessed = np.where(likely.max(axis=1) >= 0.5, likely.argmax(axis=1), len(clauses))
        return np.asarray(np.where(self.presumed, guessed, told), np.int64)

    def near(self) -> Floats:
        """How much each row is about any clause, legal or not, [rows]."""
        told = np.array([near is not None for near in self.part.column("near")], np.float32)
        likely = np.nan_to_num(self.targets).max(axis=1, initial=0.0)
        near = np.where(self.presumed, likely, np.maximum(told, likely))
        return np.asarray(near, np.float32)


def prepare(settings: Distillation, job: Job) -> Lesson:
    """Ask the teachers about the rows to train on and those to calibrate on.

    Raises:
        DataError: no calibration row has complete labels.
        ModelError, PackError: a teacher cannot be loaded.
    """
    dataset = job.dataset
    part = _some(dataset.train, settings.rows, job.seed)
    checked = dataset.calibration
    checked = checked.take(np.flatnonzero(~np.isnan(checked.targets).any(axis=1)))
    checked = _some(checked, settings.rows, job.seed)
    if not len(checked):
        raise DataError("no calibration row with complete labels", file=dataset.root)
    teachers = load_teachers(settings.teachers, part)
    soft, taught = (_taught(teachers, rows, settings, job) for rows in (part, checked))
    gold = np.where(np.isin(part.column("kind"), PRESUMED)[:, None], np.nan, part.targets)
    return Lesson(part, mix(gold.astype(np.float32), soft, settings.gold_share), checked, taught)


def _taught(teachers: Sequence[Teacher], part: Part, settings: Distillation, job: Job) -> Floats:
    job.watch.say(f"{len(teachers)} teachers read {len(part)} rows")
    return soft_labels(teachers, part, settings.temperature, settings.cache, job.watch).of(part)


def _some(part: Part, rows: int | None, seed: int) -> Part:
    """At most so many rows, drawn at random."""
    drawn = np.random.default_rng(seed).permutation(len(part))[:rows]
    return part.take(np.sort(drawn))
