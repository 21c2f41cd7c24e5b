"""A recipe: one YAML file that says how a model is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "tfidf", "fasttext", "boosting", "student", "transformer", "lora", "judge", "cascade"
]


class Recipe(BaseModel):
    """What a trainer reads. `settings` are the trainer's own; it rejects unknown keys itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    kind: Kind
    about: str
    seed: int = 20261122
    settings: dict[str, Any] = {}
    smoke: dict[str, Any] = {}
    """Settings that replace others with `--smoke`: a whole run on tiny data."""


def settings_of(recipe: Recipe, *, smoke: bool) -> dict[str, Any]:
    """The settings to train with."""
    return {**recipe.settings, **recipe.smoke} if smoke else dict(recipe.settings)


def recipe_folder() -> Path:
    """Where the recipes of a checkout lie."""
    return Path("recipes")
