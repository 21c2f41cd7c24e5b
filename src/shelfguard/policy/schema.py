"""Check plain values against a pack model, in words that name file, line and field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shelfguard.errors import PackError
from shelfguard.policy.document import Document, Loc, dotted

Model = TypeVar("Model", bound=BaseModel)


class BrokenPackError(PackError):
    """Everything that is wrong with a pack, one line each."""

    def __init__(self, problems: Iterable[PackError]) -> None:
        self.problems = sorted(problems, key=lambda p: (str(p.file or ""), p.line or 0))
        super().__init__("\n".join(map(str, self.problems)))

    def __str__(self) -> str:
        return self.problem


def parse(document: Document, model: type[Model]) -> Model | None:
    """The document as a model; None, with `document.problems` filled, where it does not fit."""
    if document.value is None:
        return None
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            document.reject(details["loc"], *describe(details, model))
        return None


def describe(details: ErrorDetails, model: type[BaseModel]) -> tuple[str, str | None]:
    """(problem, fix) for one pydantic error."""
    value, context = details["input"], details.get("ctx", {})
    match details["type"]:
        case "missing":
            return "required, but missing", "Add it"
        case "extra_forbidden":
            return "unknown key", _nearest(str(details["loc"][-1]), _keys(model, details["loc"]))
        case "string_type":
            quote = isinstance(value, bool | int | float) or hasattr(value, "isoformat")
            fix = "Put it in quotes" if quote else None
            return f"must be text, not {_shown(value)}", fix
        case "string_pattern_mismatch":
            return f"{_shown(value)} does not match {context['pattern']}", None
        case "literal_error" | "enum":
            return f"{_shown(value)} is not one of {context['expected']}", None
    message = details["msg"].removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}, not {_shown(value)}", None


def row_problem(error: ValidationError, model: type[BaseModel]) -> tuple[str | None, str]:
    """(field, problem) of the first error of a one-line record."""
    details = error.errors(include_url=False)[0]
    problem, fix = describe(details, model)
    return dotted(details["loc"]) or None, ". ".join(filter(None, (problem, fix)))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that the mapping around `loc` may have."""
    for part in loc[:-1]:
        fields = {f.alias or name: f for name, f in model.model_fields.items()}
        if part in fields:  # else a place in a list, or a key of a mapping
            model = _model_of(fields[part].annotation) or model
    return [f.alias or name for name, f in model.model_fields.items()]


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_of, get_args(annotation))), None)


def _nearest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(known)}"
