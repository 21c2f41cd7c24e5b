"""A recipe: one YAML file that says how a model is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelfguard.errors import DataError, PackError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.model import named
from shelfguard.learn.pictures.pictures import Pictures
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.policy.document import Document, read_document
from shelfguard.policy.schema import describe, parse

Kind = Literal[
    "tfidf",
    "fasttext",
    "frozen",
    "boosting",
    "student",
    "transformer",
    "lora",
    "judge",
    "cascade",
    "detector",
    "image-head",
]

SETTINGS: dict[Kind, str] = {
    "tfidf": "shelfguard.learn.train.classical:TfidfSettings",
    "fasttext": "shelfguard.learn.train.classical:FastTextSettings",
    "frozen": "shelfguard.learn.train.frozen:FrozenSettings",
    "boosting": "shelfguard.learn.train.boosting:BoostingSettings",
    "student": "shelfguard.learn.train.student_recipe:StudentSettings",
    "transformer": "shelfguard.learn.train.transformer_recipe:TransformerSettings",
    "lora": "shelfguard.learn.train.lora:LoraSettings",
    "judge": "shelfguard.learn.train.judge:JudgeSettings",
    "detector": "shelfguard.learn.pictures.detector:DetectorSettings",
    "image-head": "shelfguard.learn.pictures.image_head:HeadSettings",
}
"""Kind of model: the settings that its trainer knows. Other kinds check their own."""

READERS: dict[Kind, str] = {
    "detector": "shelfguard.learn.pictures.boxes:read_boxes",
    "image-head": "shelfguard.learn.pictures.labelled:read_labelled",
}
"""Kind of model: what reads the data that it learns from. Other kinds learn from a dataset."""


class Recipe(BaseModel):
    """What a trainer reads. `settings` are the trainer's own; it rejects unknown keys itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    kind: Kind
    about: str
    seed: int = Field(20261122, ge=0, lt=2**31)
    settings: dict[str, Any] = {}
    smoke: dict[str, Any] = {}
    """Settings that replace others with `--smoke`: a whole run on tiny data."""


class BrokenRecipeError(DataError):
    """Everything that is wrong with a recipe, one line each."""

    def __init__(self, problems: Sequence[PackError]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line or 0)
        super().__init__("\n".join(map(str, self.problems)))

    def __str__(self) -> str:
        return self.problem


def read_recipe(path: Path) -> Recipe:
    """The recipe of a YAML file, its settings checked with and without those of `smoke`.

    Raises:
        DataError: the file is no recipe; every problem with its line and field, one a line.
        ModelError: a library that the trainer needs is not installed.
    """
    document = read_document(path)
    recipe = parse(document, Recipe)
    if recipe and not document.problems and recipe.kind in SETTINGS:
        model = cast("type[Settings]", named(SETTINGS[recipe.kind]))
        _check(document, model, recipe, smoke=False)
        if not document.problems:
            _check(document, model, recipe, smoke=True)
    if recipe is None or document.problems:
        raise BrokenRecipeError(document.problems)
    return recipe


def _check(document: Document, model: type[Settings], recipe: Recipe, *, smoke: bool) -> None:
    """Add what is wrong with the settings to the document's problems."""
    try:
        model.model_validate(settings_of(recipe, smoke=smoke))
    except ValidationError as error:
        for details in error.errors(include_url=False):
            loc = details["loc"]
            block = "smoke" if smoke and loc and loc[0] in recipe.smoke else "settings"
            document.reject((block, *loc), *describe(details, model))


def settings_of(recipe: Recipe, *, smoke: bool) -> dict[str, Any]:
    """The settings to train with."""
    return {**recipe.settings, **recipe.smoke} if smoke else dict(recipe.settings)


def full_settings(recipe: Recipe, *, smoke: bool) -> dict[str, Any]:
    """The settings to train with, and the defaults of those that the recipe does not give.

    Raises:
        DataError: a setting is unknown, or does not fit.
        ModelError: a library that the trainer needs is not installed.
    """
    given = settings_of(recipe, smoke=smoke)
    if recipe.kind not in SETTINGS:
        return given
    model = cast("type[Settings]", named(SETTINGS[recipe.kind]))
    return read_settings(model, given).model_dump(mode="json")


def read_data(recipe: Recipe, place: Path) -> Dataset | Pictures:
    """What a recipe learns from: a dataset's folder, or pictures as its kind wants them.

    Raises:
        DataError: there is nothing of the kind.
    """
    if recipe.kind not in READERS:
        return Dataset.load(place)
    return cast("Pictures", named(READERS[recipe.kind])(place))


def recipe_folder() -> Path:
    """Where the recipes of a checkout lie."""
    return Path("recipes")
