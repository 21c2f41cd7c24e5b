"""Run a distillation from its recipe to a model folder."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.learn.compress.distil import train_student, train_transformer
from shelfguard.learn.compress.recall_loss import RecallLoss
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import FILE, ModelRecord
from shelfguard.learn.registry.pin import digest
from shelfguard.learn.train.recipe import Recipe, settings_of
from shelfguard.learn.train.trainer import Job, Watch
from shelfguard.policy.document import read_document
from shelfguard.policy.schema import BrokenPackError, parse

TRAINERS = {"student": train_student, "transformer": train_transformer}
LIBRARIES = ("numpy", "scikit-learn", "torch", "onnx", "onnxruntime", "sentencepiece")


def distil(
    recipe: Recipe, dataset: Dataset, out: Path, watch: Watch, *, smoke: bool = False
) -> RecallLoss:
    """Train the recipe's student into the model folder `out`; what it loses of its teachers.

    Raises:
        DataError: `out` is in use, the recipe is for another kind of model, or a setting is wrong.
        ModelError, PackError: a teacher cannot be loaded.
    """
    if out.exists() and any(out.iterdir()):
        raise DataError("the folder is not empty", file=out, fix="Name another with --out")
    if recipe.kind not in TRAINERS:
        kinds = " or ".join(TRAINERS)
        raise DataError(f"{recipe.kind} models are not distilled", fix=f"Use kind: {kinds}")
    checkpoints = out.parent / f".{out.name}.checkpoints"
    for folder in (out, checkpoints):
        folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(recipe, smoke=smoke)
    job = Job(settings, recipe.seed, dataset, out, checkpoints, watch)
    loss = TRAINERS[recipe.kind](job)
    record = _record(recipe, job, loss, smoke=smoke)
    (out / FILE).write_text(record.model_dump_json(indent=1) + "\n", "utf-8")
    return loss


def read_recipe(file: Path) -> Recipe:
    """A recipe from its YAML file.

    Raises:
        BrokenPackError: it is not YAML, or breaks the schema; every problem with its line.
    """
    document = read_document(file)
    recipe = parse(document, Recipe)
    if recipe is None or document.problems:
        raise BrokenPackError(document.problems)
    return recipe


def with_teachers(recipe: Recipe, weights: Mapping[str, float]) -> Recipe:
    """The recipe with other teachers, where any are given."""
    if not weights:
        return recipe
    return recipe.model_copy(update={"settings": {**recipe.settings, "teachers": dict(weights)}})


def _record(recipe: Recipe, job: Job, loss: RecallLoss, *, smoke: bool) -> ModelRecord:
    files = sorted(path for path in job.folder.iterdir() if path.is_file() and path.name != FILE)
    manifest = job.dataset.manifest
    return ModelRecord(
        name=recipe.name,
        kind=recipe.kind,
        clauses=manifest.clauses,
        pack=manifest.pack,
        dataset=manifest.id,
        recipe=recipe.model_dump(mode="json"),
        seed=recipe.seed,
        smoke=smoke,
        environment=_environment(),
        commit=_commit(),
        files={path.name: digest(path) for path in files},
        metrics=loss.metrics(),
    )


def _environment() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str | None:
    """The commit that is checked out, where git knows one."""
    command = ["git", "rev-parse", "HEAD"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()
