"""A recipe's settings, checked against what their trainer knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.errors import DataError
from shelfguard.policy.schema import row_problem


class Settings(BaseModel):
    """Settings of one trainer; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Known = TypeVar("Known", bound=Settings)


def read_settings(model: type[Known], settings: Mapping[str, Any]) -> Known:
    """The settings of a recipe.

    Raises:
        DataError: a key is unknown, or a value does not fit it.
    """
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        field, problem = row_problem(error, model)
        raise DataError(problem, field=f"settings.{field}" if field else "settings") from error
