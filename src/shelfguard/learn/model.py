"""A trained model on disk: a folder with `model.json` and the files that it names."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.errors import ModelError
from shelfguard.listing import Batch
from shelfguard.models.source import verify
from shelfguard.policy.schema import row_problem

Floats = npt.NDArray[np.float32]

FILE = "model.json"


class Scorer(Protocol):
    """A loaded model: a score for each listing and clause."""

    @property
    def clauses(self) -> list[str]:
        """The clauses of the columns."""
        ...

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], NaN where the model says nothing."""
        ...


class ModelRecord(BaseModel):
    """`model.json`: what the model is, from what, and the digest of each of its files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str
    clauses: list[str]
    pack: str
    dataset: str
    recipe: dict[str, Any]
    seed: int
    smoke: bool
    environment: dict[str, str]
    commit: str | None
    files: dict[str, str]
    metrics: dict[str, Any] = {}

    @property
    def digest(self) -> str:
        """One digest over all files."""
        named = "\n".join(f"{name} {sha}" for name, sha in sorted(self.files.items()))
        return hashlib.sha256(named.encode()).hexdigest()


LOADERS = {
    "tfidf": "shelfguard.learn.train.classical:load_tfidf",
    "fasttext": "shelfguard.learn.train.classical:load_fasttext",
    "boosting": "shelfguard.learn.train.boosting:load",
    "student": "shelfguard.learn.train.student_recipe:load",
    "transformer": "shelfguard.learn.train.transformer_recipe:load",
    "lora": "shelfguard.learn.train.lora:load",
    "frozen": "shelfguard.learn.train.frozen:load",
    "judge": "shelfguard.learn.train.judge:load",
    "cascade": "shelfguard.learn.train.cascade_recipe:load",
}
"""Kind of model: what makes a Scorer of its folder, `load(folder, record) -> Scorer`."""

TRAINERS = {kind: f"{place.partition(':')[0]}:train" for kind, place in LOADERS.items()} | {
    "tfidf": "shelfguard.learn.train.classical:train_tfidf",
    "fasttext": "shelfguard.learn.train.classical:train_fasttext",
    "detector": "shelfguard.learn.pictures.detector:train",
    "image-head": "shelfguard.learn.pictures.image_head:train",
}
"""Kind of model: its trainer. Those of pictures have none that scores listings."""


def named(place: str) -> Any:
    """The object at `module:name`, imported now: each kind has heavy libraries of its own.

    Raises:
        ModelError: one of these libraries is not installed.
    """
    module, _, name = place.partition(":")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        fix = "Install what training needs: pip install shelfguard[learn]"
        raise ModelError(f"needs the package {error.name}", fix=fix) from error


def read_record(folder: Path) -> ModelRecord:
    """The record of a model folder.

    Raises:
        ModelError: there is none, or it is not one.
    """
    file = folder / FILE
    try:
        return ModelRecord.model_validate_json(file.read_bytes())
    except OSError as error:
        fix = "Give a folder that `shelfguard model train` wrote"
        raise ModelError("no model here", file=folder, fix=fix) from error
    except ValidationError as error:
        field, problem = row_problem(error, ModelRecord)
        raise ModelError(problem, file=file, field=field) from error


def load_scorer(folder: Path) -> Scorer:
    """The model of a folder, after the digest of every file was checked.

    Raises:
        ModelError: a file is missing or changed, or the model reads pictures and no listings.
    """
    record = read_record(folder)
    if record.kind not in LOADERS:
        fix = "Name its file in a pack, or as what it reads pictures with"
        raise ModelError(
            f"a model of kind '{record.kind}' scores no listings", file=folder, fix=fix
        )
    for name, sha256 in record.files.items():
        verify(folder / name, sha256)
    return cast("Scorer", named(LOADERS[record.kind])(folder, record))
