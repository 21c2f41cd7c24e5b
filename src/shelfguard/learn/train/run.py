"""Train a model by its recipe: timed, logged, and recorded with all that it was made from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import FILE, TRAINERS, ModelRecord, named
from shelfguard.learn.pictures.pictures import Pictures
from shelfguard.learn.registry.pin import digest
from shelfguard.learn.train.environment import commit, environment
from shelfguard.learn.train.progress import ShownProgress
from shelfguard.learn.train.recipe import Recipe, full_settings
from shelfguard.learn.train.smoke import cut_for_smoke
from shelfguard.learn.train.tracking import Tracking
from shelfguard.learn.train.trainer import Job, Trainer

CHECKPOINTS, UNFINISHED = "checkpoints", "run.json"


class Unfinished(BaseModel):
    """`checkpoints/run.json`: what is being trained in a folder, and under which run in MLflow."""

    recipe: dict[str, Any]
    dataset: str
    smoke: bool
    run_id: str = ""

    def is_same(self, other: Unfinished) -> bool:
        """Whether one can go on where the other stopped."""
        return self.model_copy(update={"run_id": ""}) == other.model_copy(update={"run_id": ""})


@dataclass(frozen=True, slots=True)
class _Training:
    recipe: Recipe
    dataset: Dataset | Pictures
    out: Path
    smoke: bool
    settings: dict[str, Any]

    @property
    def asked(self) -> Unfinished:
        plain = self.recipe.model_dump(mode="json")
        return Unfinished(recipe=plain, dataset=self.dataset.id, smoke=self.smoke)

    @property
    def learned(self) -> list[str]:
        """The clauses of listings, or the labels of pictures."""
        data = self.dataset
        return data.clauses if isinstance(data, Dataset) else list(data.labels)

    @property
    def pack(self) -> str:
        """The pack that a dataset was built for; pictures are of none."""
        return self.dataset.manifest.pack if isinstance(self.dataset, Dataset) else ""

    @property
    def rows(self) -> int:
        """What there is to learn from; of pictures, all of them."""
        data = self.dataset
        return len(data.train) if isinstance(data, Dataset) else len(data)


def run_recipe(
    recipe: Recipe,
    dataset: Dataset | Pictures,
    out: Path,
    *,
    smoke: bool = False,
    tracking_uri: str | None = None,
    resume: bool = False,
) -> ModelRecord:
    """Train into the folder `out` and write its `model.json`; everything is logged to MLflow.

    An interrupted run keeps its checkpoints in the folder: `resume` goes on from the last one,
    to the same model.

    Raises:
        DataError: a setting or the dataset does not fit.
        ModelError: `out` holds something else, a library is missing, or MLflow does not answer.
    """
    trainer = cast("Trainer", named(TRAINERS[recipe.kind]))
    used = cut_for_smoke(dataset) if smoke and isinstance(dataset, Dataset) else dataset
    training = _Training(recipe, used, out, smoke, full_settings(recipe, smoke=smoke))
    before = _prepare(training, resume=resume)
    tracking = Tracking(tracking_uri)
    run_id = _open(tracking, training, before)
    try:
        record = _train(training, trainer, tracking, run_id)
        tracking.finish(run_id, out, [FILE, *sorted(record.files)])
    except Exception:
        with suppress(ModelError):  # what went wrong first is what to tell
            tracking.fail(run_id)
        raise
    return record


def _prepare(training: _Training, *, resume: bool) -> Unfinished | None:
    """Make the folder ready; what was unfinished in it, if the run goes on from there."""
    out, before = training.out, _unfinished(training.out)
    if before is None:
        if out.exists() and any(out.iterdir()):
            fix = "Give another --out, or remove it"
            raise ModelError("the folder is not empty", file=out, fix=fix)
    elif resume and not before.is_same(training.asked):
        fix = "Give another --out, or remove it"
        raise ModelError("holds an unfinished run of another recipe or dataset", file=out, fix=fix)
    elif not resume:
        if any(file.name != UNFINISHED for file in (out / CHECKPOINTS).iterdir()):
            fix = "Go on with --resume, give another --out, or remove it"
            raise ModelError("holds an unfinished run", file=out, fix=fix)
        shutil.rmtree(out)  # a run that failed before its first checkpoint
    (out / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
    return before if resume else None


def _unfinished(out: Path) -> Unfinished | None:
    file = out / CHECKPOINTS / UNFINISHED
    try:
        return Unfinished.model_validate_json(file.read_bytes()) if file.is_file() else None
    except ValidationError as error:
        fix = "Give another --out, or remove it"
        raise ModelError("is not of this version", file=file, fix=fix) from error


def _open(tracking: Tracking, training: _Training, before: Unfinished | None) -> str:
    """The run in MLflow: the interrupted one, or a new one with all that is known beforehand."""
    if before and before.run_id:
        tracking.resume(before.run_id)
        return before.run_id
    recipe, dataset = training.recipe, training.dataset
    tags = {
        "kind": recipe.kind,
        "dataset": dataset.id,
        "pack": training.pack,
        "smoke": str(training.smoke).lower(),
        "commit": commit() or "unknown",
        **{f"environment.{name}": value for name, value in environment().items()},
    }
    run_id = tracking.start(recipe.name, tags, {"seed": recipe.seed, **_flat(training.settings)})
    tracking.use_dataset(run_id, dataset.id, dataset.root.name or "dataset", dataset.root)
    named_run = training.asked.model_copy(update={"run_id": run_id})
    _write(training.out / CHECKPOINTS / UNFINISHED, named_run)
    return run_id


def _train(training: _Training, trainer: Trainer, tracking: Tracking, run_id: str) -> ModelRecord:
    recipe, dataset, out = training.recipe, training.dataset, training.out

    def keep(metrics: Mapping[str, float], step: int) -> None:
        tracking.log(run_id, metrics, step)

    with ShownProgress(recipe.name, keep) as watch:
        started = time.perf_counter()
        trainer(Job(training.settings, recipe.seed, dataset, out, out / CHECKPOINTS, watch))
        seconds = time.perf_counter() - started
        figures = {"seconds": round(seconds, 2), "megabytes": round(_megabytes(out), 3)}
        watch.log({**figures, "rows": training.rows}, 0)
    record = _record(training, watch.last)
    _write(out / FILE, record)
    shutil.rmtree(out / CHECKPOINTS)
    return record


def _record(training: _Training, metrics: Mapping[str, float]) -> ModelRecord:
    recipe, dataset = training.recipe, training.dataset
    return ModelRecord(
        name=recipe.name,
        kind=recipe.kind,
        clauses=training.learned,
        pack=training.pack,
        dataset=dataset.id,
        recipe=recipe.model_dump(mode="json"),
        seed=recipe.seed,
        smoke=training.smoke,
        environment=environment(),
        commit=commit(),
        files={f.relative_to(training.out).as_posix(): digest(f) for f in _files(training.out)},
        metrics=dict(metrics),
    )


def _files(out: Path) -> list[Path]:
    """The model's own files, in the order of their names."""
    kept = (out / CHECKPOINTS, out / FILE)
    found = (f for f in out.rglob("*") if f.is_file() and f.parent not in kept and f not in kept)
    return sorted(found)


def _megabytes(out: Path) -> float:
    return sum(file.stat().st_size for file in _files(out)) / 1e6


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """`{"style": {"upper": 0.1}}` as `{"style.upper": 0.1}`."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        nested = isinstance(value, Mapping)
        flat |= _flat(value, f"{prefix}{name}.") if nested else {f"{prefix}{name}": value}
    return flat


def _write(file: Path, value: BaseModel) -> None:
    """Write at once: an interrupted write leaves nothing behind under this name."""
    fresh = file.with_suffix(".new")
    fresh.write_text(value.model_dump_json(indent=1) + "\n", "utf-8")
    fresh.replace(file)
