"""Distil teachers into a student or a small transformer, and show what it loses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from shelfguard.errors import DataError
from shelfguard.learn.compress.recall_loss import RecallLoss, recall_loss
from shelfguard.learn.compress.soft_labels import soft_labels
from shelfguard.learn.compress.soften import soften
from shelfguard.learn.compress.teachers import Teacher, load_teachers
from shelfguard.learn.data.dataset import Dataset, Floats, Part
from shelfguard.learn.model import FILE, Scorer, load_scorer, read_record
from shelfguard.learn.registry.pin import digest
from shelfguard.learn.train.progress import ShownProgress
from shelfguard.learn.train.recipe import Recipe, full_settings
from shelfguard.learn.train.run import run_recipe
from shelfguard.learn.train.smoke import cut_for_smoke
from shelfguard.policy.document import read_document
from shelfguard.policy.schema import BrokenPackError, parse

KINDS = ("student", "transformer")
LOSS = "recall-loss.json"

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Distillation(Recipe):
    """A recipe with teachers: sources, as `load_teachers` takes them, with weights.

    `gold_share` is what people's labels count beside the teachers', where there are both.
    """

    teachers: dict[str, Positive] = Field(min_length=1)
    temperature: Positive = 1.0
    gold_share: Share = 0.5

    def with_teachers(self, teachers: Mapping[str, float]) -> Distillation:
        """The same with other teachers, where any are given."""
        return self.model_copy(update={"teachers": dict(teachers)}) if teachers else self


def read_distillation(file: Path) -> Distillation:
    """A distillation from its YAML file.

    Raises:
        BrokenPackError: it is not YAML, or breaks the schema; every problem with its line.
        DataError: its kind is not distilled, or a setting does not fit the kind.
    """
    document = read_document(file)
    recipe = parse(document, Distillation)
    if recipe is None or document.problems:
        raise BrokenPackError(document.problems)
    if recipe.kind not in KINDS:
        fix = f"Use kind: {' or '.join(KINDS)}"
        raise DataError(f"{recipe.kind} models are not distilled", file=file, field="kind", fix=fix)
    for smoke in (False, True):
        full_settings(recipe, smoke=smoke)
    return recipe


def distil(
    recipe: Distillation,
    dataset: Dataset,
    out: Path,
    cache: Path,
    *,
    smoke: bool = False,
    resume: bool = False,
    tracking_uri: str | None = None,
) -> RecallLoss:
    """Train into the model folder `out` on the teachers' answers; what is lost of their finds.

    Answers are kept in `cache` for every recipe that asks again.

    Raises:
        DataError: the dataset or a setting does not fit.
        ModelError, PackError: a teacher cannot be loaded, or `out` holds something else.
    """
    used = cut_for_smoke(dataset) if smoke else dataset
    checked = complete_rows(used.calibration)
    if not len(checked):
        raise DataError("no calibration row with complete labels", file=dataset.root)
    teachers = load_teachers(recipe.teachers, used.train)
    with ShownProgress("teachers", lambda *_: None) as watch:
        taught = soft_labels(teachers, checked, recipe.temperature, cache, watch).of(checked)
        soft = soften(used, teachers, recipe.temperature, recipe.gold_share, cache, watch)
    run_recipe(recipe, soft, out, smoke=smoke, tracking_uri=tracking_uri, resume=resume)
    truth = (checked.targets >= 0.5).astype(np.float32)
    loss = recall_loss(taught, _answers(load_scorer(out), checked), truth, checked.clauses)
    _keep(recipe, teachers, loss, out)
    return loss


def complete_rows(part: Part) -> Part:
    """The rows of which people said everything."""
    return part.take(np.flatnonzero(~np.isnan(part.targets).any(axis=1)))


def _answers(scorer: Scorer, part: Part) -> Floats:
    """The model's probabilities under the part's clauses."""
    answers = scorer.probabilities(part.batch)
    return answers[:, [scorer.clauses.index(clause) for clause in part.clauses]]


def _keep(recipe: Distillation, teachers: Sequence[Teacher], loss: RecallLoss, out: Path) -> None:
    """Write the loss beside the model, and its main figures into the model's record."""
    asked = [{"name": t.name, "digest": t.digest, "weight": t.weight} for t in teachers]
    told = {"teachers": asked, "temperature": recipe.temperature, **loss.as_dict()}
    (out / LOSS).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    record = read_record(out)
    files = {**record.files, LOSS: digest(out / LOSS)}
    metrics = {**record.metrics, **loss.metrics()}
    full = record.model_copy(update={"files": files, "metrics": metrics})
    (out / FILE).write_text(full.model_dump_json(indent=1) + "\n", "utf-8")
